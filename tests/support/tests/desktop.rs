//! The services of the desktop, without the app.

#![cfg(target_os = "linux")]

use std::collections::HashMap;

use futures_util::StreamExt;
use testkit::{Desktop, Parts, within};

#[tokio::test]
async fn a_desktop_starts_with_all_its_parts_and_leaves_nothing() {
    let desktop = Desktop::start().await;
    assert_eq!(desktop.clipboard().await, None, "nothing was copied here");
    assert_eq!(desktop.secrets().await, [], "nothing is kept yet");
    assert_eq!(desktop.notifications().all(), []);
    let home = desktop.home();
    assert!(home.is_dir());
    drop(desktop);
    assert!(!home.exists(), "a desktop takes its home with it");
}

#[tokio::test]
async fn what_is_kept_in_the_keyring_is_seen_and_lies_in_no_file() {
    let desktop = Desktop::start().await;
    let mut keep = desktop.command("secret-tool");
    keep.args(["store", "--label=A key", "workspace", "w1"]).stdin(std::process::Stdio::piped());
    let mut child = keep.spawn().expect("secret-tool");
    let mut stdin = child.stdin.take().expect("its input");
    tokio::io::AsyncWriteExt::write_all(&mut stdin, b"key-0123456789").await.expect("it reads");
    drop(stdin);
    assert!(child.wait().await.expect("it ends").success());

    let secrets = desktop.secrets().await;
    let [secret] = secrets.as_slice() else { panic!("one secret: {secrets:?}") };
    assert_eq!((secret.label.as_str(), secret.value.as_str()), ("A key", "key-0123456789"));
    let attributes: HashMap<_, _> = secret.attributes.clone();
    assert_eq!(attributes.get("workspace").map(String::as_str), Some("w1"));
    assert_eq!(desktop.files_with("key-0123456789"), [] as [std::path::PathBuf; 0]);
}

#[tokio::test]
async fn two_desktops_share_nothing() {
    let (one, other) = tokio::join!(Desktop::start(), Desktop::start());
    let mut copy = one.command("xclip");
    copy.args(["-selection", "clipboard", "-loops", "0", "-quiet"]).stdin(std::process::Stdio::piped());
    let mut child = copy.spawn().expect("xclip");
    let mut stdin = child.stdin.take().expect("its input");
    tokio::io::AsyncWriteExt::write_all(&mut stdin, b"a link").await.expect("it reads");
    drop(stdin);
    assert_eq!(one.clipboard_with("the link", |text| text == "a link").await, "a link");
    assert_eq!(other.clipboard().await, None);
}

#[tokio::test]
async fn a_desktop_can_lack_a_keyring_and_a_tray() {
    let parts = Parts { keyring: false, tray: false, notifications: false, system: false };
    let desktop = Desktop::start_with(parts).await;
    let mut look = desktop.command("secret-tool");
    look.args(["lookup", "workspace", "w1"]);
    let ended = desktop.run(look).await;
    assert!(!ended.success, "nobody answers for the keyring, and the bus starts nobody");
}

#[tokio::test]
async fn notifications_are_kept_in_order_and_can_be_pressed() {
    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    let desktop = Desktop::start().await;
    let program = zbus::connection::Builder::address(desktop.bus()).build().await.expect("a connection");
    let rule = zbus::MatchRule::builder().interface(NAME).member("ActionInvoked").build().expect("a rule");
    let mut pressed = zbus::MessageStream::for_match_rule(rule, &program, None).await.expect("signals");
    for summary in ["first", "second"] {
        let hints: HashMap<&str, zbus::Variant<'_>> = HashMap::new();
        let body = ("app", 0_u32, "", summary, "body", vec!["open", "Open"], hints, -1_i32);
        program.call_method(Some(NAME), PATH, Some(NAME), "Notify", &body).await.expect("shown");
    }
    let all = desktop.notifications().at_least(2).await;
    let summaries: Vec<&str> = all.iter().map(|shown| shown.summary.as_str()).collect();
    assert_eq!(summaries, ["first", "second"]);
    assert_eq!(all[1].actions, [("open".to_owned(), "Open".to_owned())]);

    desktop.notifications().press(all[1].id, "open").await;
    let signal = within("the signal", pressed.next()).await.expect("a signal").expect("a message");
    let (id, action) = signal.body().deserialize::<(u32, String)>().expect("its body");
    assert_eq!((id, action.as_str()), (all[1].id, "open"));
}

#[tokio::test]
async fn the_systems_services_come_tell_and_go() {
    const NAME: &str = "org.freedesktop.UPower";
    let desktop = Desktop::start().await;
    let upower = desktop.system().upower().await;
    let program =
        zbus::connection::Builder::address(desktop.system().address()).build().await.expect("a bus");
    let supplies = zbus::Proxy::new(&program, NAME, "/org/freedesktop/UPower", NAME).await.expect("supplies");
    assert!(!supplies.get_property::<bool>("OnBattery").await.expect("it says"));
    let mut changes = supplies.receive_property_changed::<bool>("OnBattery").await;
    let first = within("the value now", changes.next()).await.expect("a value");
    assert!(!first.get().await.expect("a flag"));
    upower.set_on_battery(true).await;
    let second = within("the change", changes.next()).await.expect("a value");
    assert!(second.get().await.expect("a flag"));

    let bus = zbus::fdo::DBusProxy::new(&program).await.expect("the bus itself");
    let has_owner = async || bus.name_has_owner(NAME.try_into().expect("a name")).await.expect("an answer");
    assert!(has_owner().await);
    upower.leave().await;
    assert!(!has_owner().await);
}
