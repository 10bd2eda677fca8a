//! Sends an API call of the engine with the client, without a retry.

use codat::{Client, client::Answer};
use engine::{Call, Reply};

pub(crate) async fn send(client: &Client, call: Call) -> engine::Outcome {
    match call {
        Call::Companies(page) => {
            client.list_companies(&page).await.map(|answer| reply(answer, Reply::Companies))
        }
        Call::Company(company) => {
            client.get_company(company).await.map(|answer| reply(answer, boxed_company))
        }
        Call::Connection(company, connection) => client
            .get_connection(company, connection)
            .await
            .map(|answer| reply(answer, |item| Reply::Connection(Box::new(item)))),
        Call::Create { body, key } => {
            client.create_company(&body, key).await.map(|answer| reply(answer, boxed_company))
        }
        Call::Update { company, patch, key } => {
            client.update_company(company, &patch, key).await.map(|answer| reply(answer, boxed_company))
        }
        Call::Delete(company) => {
            client.delete_company(company).await.map(|answer| reply(answer, |()| Reply::Done))
        }
        Call::Refresh { company, key } => {
            client.refresh_company(company, key).await.map(|answer| reply(answer, |()| Reply::Done))
        }
        Call::RefreshType { company, data_type, connection, key } => client
            .refresh_data_type(company, &data_type, connection, key)
            .await
            .map(|answer| reply(answer, |_| Reply::Done)),
        Call::AddConnection { company, platform, key } => client
            .create_connection(company, &platform, key)
            .await
            .map(|answer| reply(answer, |item| Reply::Connection(Box::new(item)))),
        Call::Unlink { company, connection, key } => client
            .unlink_connection(company, connection, key)
            .await
            .map(|answer| reply(answer, |item| Reply::Connection(Box::new(item)))),
        Call::DeleteConnection(company, connection) => {
            client.delete_connection(company, connection).await.map(|answer| reply(answer, |()| Reply::Done))
        }
        Call::SetSyncSettings { company, settings, key } => client
            .set_sync_settings(company, &settings, key)
            .await
            .map(|answer| reply(answer, |()| Reply::Done)),
        Call::Topic(topic) => client.topic(&topic).await.map(|answer| reply(answer, Reply::Topic)),
        Call::Integrations(page) => {
            client.list_integrations(&page).await.map(|answer| reply(answer, Reply::Integrations))
        }
    }
}

fn boxed_company(item: codat::Item<codat::Company>) -> Reply {
    Reply::Company(Box::new(item))
}

fn reply<T>(answer: Answer<T>, make: impl FnOnce(T) -> Reply) -> (Reply, codat::client::Meta) {
    (make(answer.value), answer.meta)
}
