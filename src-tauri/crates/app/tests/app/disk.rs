//! A disk that is full while the app runs. It runs in its own process, where files cannot grow for a while.

use std::process::Command;

use serde_json::{Value, json};

use crate::test_app::TestApp;

const IS_CHILD: &str = "PORTAL_TEST_FILES_MAY_NOT_GROW";
const NAME: &str = "disk::after_a_full_disk_sweeps_and_acts_are_kept_again_and_it_never_said_current";

fn let_files_grow_to(bytes: &str) {
    let mut prlimit = Command::new("prlimit");
    let done = prlimit.args([&format!("--fsize={bytes}:"), "--pid", &std::process::id().to_string()]);
    assert!(done.status().unwrap().success());
}

async fn health(test_app: &TestApp) -> Value {
    test_app.call("session", json!({})).await.unwrap()["health"].clone()
}

#[test]
fn after_a_full_disk_sweeps_and_acts_are_kept_again_and_it_never_said_current() {
    if std::env::var_os(IS_CHILD).is_none() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        let ran = child.args(["--exact", NAME, "--nocapture"]).env(IS_CHILD, "1").output().unwrap();
        let said = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{} {}{}", ran.status, said.0, said.1);
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let test_app = TestApp::start().await;
        let (kept, moved) =
            (test_app.row("\"northwind traders\"").await, test_app.row("\"harbour lane bakery\"").await);
        let last_read = |row: &Value| row["lastRead"].as_i64();
        for row in [&kept, &moved] {
            let path = format!("/companies/{}/data/all", row["id"].as_str().unwrap());
            let (status, answer) = test_app.sandbox_call("POST", &path, json!({})).await;
            assert!(status < 300, "{status} {answer}");
        }
        let_files_grow_to("1024");
        let full = test_app
            .eventually("a sweep that cannot be kept", async |test_app: &TestApp| {
                test_app.check_now().await;
                let health = health(test_app).await;
                (health["state"] == "notSaved").then_some(health)
            })
            .await;
        assert_eq!(health(&test_app).await["lastSweep"], full["lastSweep"], "what is shown is no newer");
        assert!(full["message"].is_string() && full["retryAt"].is_i64(), "{full}");
        assert_eq!(test_app.rows("\"northwind traders\"").await.len(), 1, "what is known stays readable");
        let_files_grow_to("unlimited");

        test_app
            .eventually("what was not kept", async |test_app: &TestApp| {
                test_app.check_now().await;
                let row = test_app.row("\"northwind traders\"").await;
                (last_read(&row) > last_read(&kept)).then_some(())
            })
            .await;
        test_app
            .eventually("the end of the trouble", async |test_app: &TestApp| {
                (health(test_app).await["state"] == "current").then_some(())
            })
            .await;
        let new = json!({ "name": "After the flood", "description": null, "tags": [] });
        test_app.call("createCompany", new).await.unwrap();
        assert_eq!(test_app.at_server("After the flood").await, 1);
        assert_eq!(test_app.rows("\"after the flood\"").await.len(), 1);
    });
}
