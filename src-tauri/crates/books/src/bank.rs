//! Bank accounts, derived from the ledger.

use jiff::civil::Date;

use crate::{chart::Account, ledger::Entry, model::Books, money::Money};

/// A transaction on a bank account.
#[derive(Debug, Clone)]
pub(crate) struct Movement<'a> {
    /// Counts the transactions of the account, starting at 1.
    pub(crate) number: usize,
    pub(crate) account: Account,
    pub(crate) date: Date,
    /// Positive: money in. Negative: money out.
    pub(crate) amount: Money,
    /// The account's balance afterwards.
    pub(crate) balance: Money,
    pub(crate) entry: &'a Entry,
}

impl Movement<'_> {
    pub(crate) fn id(&self) -> String {
        format!("btx-{}-{:06}", self.account.code(), self.number)
    }
}

impl Books {
    /// The bank accounts that have transactions.
    pub(crate) fn banks(&self) -> Vec<Account> {
        let used = |account: &Account| {
            self.entries.iter().any(|entry| entry.lines.iter().any(|line| line.0 == *account))
        };
        Account::BANKS.into_iter().filter(used).collect()
    }

    /// The transactions of an account, oldest first.
    pub(crate) fn bank_movements(&self, account: Account) -> Vec<Movement<'_>> {
        let mut balance = Money::ZERO;
        let touching = self.entries.iter().filter(|entry| !entry.on(account).is_zero());
        touching
            .enumerate()
            .map(|(n, entry)| {
                let amount = entry.on(account);
                balance += amount;
                Movement { number: n + 1, account, date: entry.date, amount, balance, entry }
            })
            .collect()
    }
}
