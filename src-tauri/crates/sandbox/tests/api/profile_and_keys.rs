use serde_json::json;

use crate::support::{Api, text};

#[tokio::test]
async fn the_profile_is_read_and_replaced() {
    let api = Api::new().await;
    let before = api.get("/profile").await.expect(200).json();
    assert_eq!(before["name"], "Sandbox");
    assert!(before["redirectUrl"].is_string());
    let body = json!({"name": "Acme", "redirectUrl": "https://acme.test/{companyId}", "iconUrl": null});
    api.call("PUT", "/profile", body.to_string()).await.expect(200);
    let after = api.get("/profile").await.json();
    assert_eq!(after["name"], "Acme");
    assert!(after.get("iconUrl").is_none());
    for bad in [
        json!({"name": "no redirect"}),
        json!({"name": 1, "redirectUrl": ""}),
        json!({"name": " ", "redirectUrl": ""}),
    ] {
        api.call("PUT", "/profile", bad.to_string()).await.expect(400);
    }
}

#[tokio::test]
async fn keys_are_made_used_and_deleted() {
    let api = Api::new().await;
    let made = api.post("/apiKeys", &json!({"name": "ci"})).await.expect(201).json();
    let listed = api.get("/apiKeys").await.expect(200).json();
    assert_eq!(listed["results"].as_array().unwrap().len(), 2);
    assert_eq!(listed["results"][1], made);
    let key = format!("Basic {}", base64(text(&made["apiKey"])));
    let headers = [("host", "127.0.0.1:8787"), ("authorization", key.as_str())];
    api.send("GET", "/profile", &headers, "").await.expect(200);
    // A key may delete itself.
    api.send("DELETE", &format!("/apiKeys/{}", text(&made["id"])), &headers, "").await.expect(204);
    api.send("GET", "/profile", &headers, "").await.expect(401);
    api.delete(&format!("/apiKeys/{}", text(&made["id"]))).await.expect(404);
    let again = api.post("/apiKeys", &json!({})).await.expect(201).json();
    assert_ne!(again["apiKey"], made["apiKey"], "no key is given twice");
    assert!(again.get("name").is_none());
}

#[tokio::test]
async fn keys_have_short_names_and_are_at_most_ten() {
    let api = Api::new().await;
    let refused = api.post("/apiKeys", &json!({"name": "x".repeat(51)})).await.expect(400);
    assert_eq!(refused.error(), "Max string length (50) for `name` reached.");
    for _ in 0..9 {
        api.post("/apiKeys", &json!({"name": "x".repeat(50)})).await.expect(201);
    }
    let refused = api.post("/apiKeys", &json!({})).await.expect(409);
    assert!(refused.error().starts_with("Maximum number of API keys reached."));
}

#[tokio::test]
async fn the_last_key_may_be_deleted_and_locks_everybody_out() {
    let api = Api::new().await;
    let only = api.get("/apiKeys").await.json()["results"][0]["id"].as_str().unwrap().to_owned();
    api.delete(&format!("/apiKeys/{only}")).await.expect(204);
    api.get("/companies").await.expect(401);
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    text.as_bytes()
        .chunks(3)
        .map(|chunk| {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
                << (8 * (3 - chunk.len()));
            let letter = |at: usize| {
                if at > chunk.len() { '=' } else { LETTERS[(bits >> (18 - 6 * at)) as usize & 63].into() }
            };
            (0..4).map(letter).collect::<String>()
        })
        .collect()
}
