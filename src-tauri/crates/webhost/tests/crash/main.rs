//! The program is killed with SIGKILL at random moments, many times. Nothing that it acknowledged may be lost,
//! and nothing may be done or notified twice.
//!
//! It runs 40 kills; `PORTAL_CRASH_KILLS` sets another number, as `cargo xtask crash --kills N` does.
#![cfg(target_os = "linux")]

#[cfg(test)]
mod migrations;
#[cfg(test)]
#[path = "../support/process.rs"]
mod process;
#[cfg(test)]
mod program;
#[cfg(test)]
mod verdict;
#[cfg(test)]
mod work;

#[cfg(test)]
fn kills(usual: u64) -> u64 {
    std::env::var("PORTAL_CRASH_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Pseudo-random numbers. How many are used depends on the speed of the run.
#[cfg(test)]
struct Random(u64);

#[cfg(test)]
impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Kills of one data folder. Each kill may waste a five-hundredth of the daily quota, so after 500 the app
/// would pause until the next day.
#[cfg(test)]
const KILLS_OF_ONE_FOLDER: u64 = 250;

#[cfg(test)]
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_done_twice_however_often_the_program_is_killed() {
    let mut left = kills(40);
    let mut wrong = Vec::new();
    while left > 0 {
        let kills = left.min(KILLS_OF_ONE_FOLDER);
        let mut world = work::World::new(kills, left).await;
        for number in 0..kills {
            world.work_until_killed(number).await;
        }
        let (found, figures) = world.verdict().await;
        println!("{kills} kills: {figures}");
        world.codat.stop().await;
        wrong.extend(found);
        left -= kills;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
