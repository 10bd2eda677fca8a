//! `portal-window-bench PROGRAM` measures the real window: the time from a click on a company to its painted
//! summary, and from a click that changes one word, which is the time of any click on this computer. Prints
//! both as lists of milliseconds. `portal-bench` starts it.

#![forbid(unsafe_code)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for other programs speaks on its streams"
)]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[tokio::main]
async fn main() -> ExitCode {
    let Some(program) = std::env::args_os().nth(1) else {
        eprintln!("portal-window-bench PROGRAM");
        return ExitCode::FAILURE;
    };
    // The program runs in another home folder, where a relative path would be wrong.
    let Ok(program) = std::path::absolute(program) else {
        eprintln!("the program cannot be found from here");
        return ExitCode::FAILURE;
    };
    println!("{}", clicks::measure(&program).await);
    ExitCode::SUCCESS
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("the window is driven on Linux only");
    ExitCode::FAILURE
}

#[cfg(target_os = "linux")]
#[expect(clippy::expect_used, reason = "what the window does not do cannot be measured")]
mod clicks {
    use std::path::Path;
    use std::time::Duration;

    use serde_json::{Value, json};
    use testkit::{Desktop, Parts, Window, eventually};

    /// The minimum number of opened companies, and the number of changes of the word.
    const CLICKS: usize = 250;
    /// The pause before each click, so that earlier work of the window has ended.
    const QUIET: Duration = Duration::from_millis(350);
    /// How long the pointer rests on a name, and how long the button is held, for a fast user.
    const HELD: Duration = Duration::from_millis(60);

    const ROW: &str = "[role=row][data-id]";
    const FIGURE: &str = "section[aria-label=Figures] .figure";
    const WORD: &str = "#bare-click";

    /// Records for each click the time until its frame was painted: the callbacks of a frame run first, then
    /// it is painted, then the next task runs.
    const NOTE: &str = "
        const [figure, word] = arguments;
        window.__took = [];
        const noted = (click) => requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => window.__took.push(performance.now() - click.timeStamp);
            port2.postMessage(null);
        });
        document.addEventListener('click', (click) => {
            const isThere = () => document.querySelector(figure) !== null;
            if (isThere() || click.target.matches(word)) return;
            const watch = new MutationObserver(() => {
                if (!isThere()) return;
                watch.disconnect();
                noted(click);
            });
            watch.observe(document.body, { childList: true, subtree: true });
        }, true);
        const bare = document.createElement('button');
        bare.id = word.slice(1);
        bare.textContent = 'one';
        bare.style = 'position: fixed; right: 8px; bottom: 8px';
        bare.onclick = (click) => {
            bare.textContent = bare.textContent === 'one' ? 'two' : 'one';
            noted(click);
        };
        document.body.append(bare);";

    /// Opens companies whose summary was loaded before, and changes a word as often.
    pub(super) async fn measure(program: &Path) -> Value {
        let desktop = Desktop::start_with(Parts { keyring: false, ..Parts::default() }).await;
        let data = desktop.data();
        let window = desktop.open(program, &["--data-dir", &data.display().to_string()]).await;
        let companies = seen(&window).await;
        assert!(!companies.is_empty(), "a company with a summary");
        window.run(NOTE, vec![json!(FIGURE), json!(WORD)]).await;
        let (mut bare, mut opened) = (Vec::new(), Vec::new());
        while opened.len() < CLICKS {
            for company in &companies {
                back(&window).await;
                bare.push(took(&window, WORD).await);
                opened.push(took(&window, &name(company)).await);
            }
        }
        window.quit().await;
        json!({ "bare": bare, "opened": opened })
    }

    /// Clicks, and returns the duration.
    async fn took(window: &Window, place: &str) -> f64 {
        window.press(place, HELD).await;
        tokio::time::sleep(QUIET).await;
        eventually("what the click brings", || async {
            window.run("return window.__took.splice(0)", Vec::new()).await.get(0).and_then(Value::as_f64)
        })
        .await
    }

    /// Opens each company on screen with figures once, so that its data is on this computer.
    async fn seen(window: &Window) -> Vec<String> {
        window.find(ROW).await;
        tokio::time::sleep(QUIET).await;
        let script = "return [...document.querySelectorAll(arguments[0])].map((row) => row.dataset.id)";
        let rows = window.run(script, vec![json!(ROW)]).await;
        let mut seen = Vec::new();
        for company in rows.as_array().into_iter().flatten().filter_map(Value::as_str) {
            window
                .run("window.location.hash = arguments[0]", vec![json!(format!("#/company/{company}"))])
                .await;
            window.find("section[aria-label=Figures] h2").await;
            window.call("loadSummary", json!({ "id": company, "always": false })).await.expect("it is asked");
            tokio::time::sleep(QUIET).await;
            if window.count(FIGURE).await > 0 {
                seen.push(company.to_owned());
            }
        }
        seen
    }

    async fn back(window: &Window) {
        window.run("window.location.hash = '#/companies'", Vec::new()).await;
        window.find(ROW).await;
        tokio::time::sleep(QUIET).await;
    }

    /// The selector of the name in a company's row, which opens it.
    fn name(company: &str) -> String {
        format!("[data-id='{company}'] a.text")
    }
}
