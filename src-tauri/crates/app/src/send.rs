//! Sends an API call of the engine with the client, without a retry.

use codat::{Client, client::Answer};
use engine::{Call, Reply};

pub(crate) async fn send(client: &Client, call: Call) -> engine::Outcome {
    match call {
        Call::Companies(page) => {
            client.list_companies(&page).await.map(|answer| reply(answer, Reply::Companies))
        }
        Call::Company(company) => client
            .get_company(company)
            .await
            .map(|answer| reply(answer, |item| Reply::Company(Box::new(item)))),
        Call::Connection(company, connection) => client
            .get_connection(company, connection)
            .await
            .map(|answer| reply(answer, |item| Reply::Connection(Box::new(item)))),
        Call::Write(act, key) => {
            client.write(act.request(key)).await.map(|answer| reply(answer, core::convert::identity))
        }
        Call::Topic(topic) => client.topic(&topic).await.map(|answer| reply(answer, Reply::Topic)),
        Call::Integrations(page) => {
            client.list_integrations(&page).await.map(|answer| reply(answer, Reply::Integrations))
        }
    }
}

fn reply<T>(answer: Answer<T>, make: impl FnOnce(T) -> Reply) -> (Reply, codat::client::Meta) {
    (make(answer.value), answer.meta)
}
