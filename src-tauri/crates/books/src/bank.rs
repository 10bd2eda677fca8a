//! Accounts at a bank, from the postings on them.

use jiff::civil::Date;

use crate::{chart::Account, ledger::Entry, model::Books, money::Money};

/// One movement on an account at a bank.
#[derive(Debug, Clone)]
pub(crate) struct Movement<'a> {
    /// Counts the movements of its account from 1.
    pub(crate) number: usize,
    pub(crate) account: Account,
    pub(crate) date: Date,
    /// In, or out where it is negative.
    pub(crate) amount: Money,
    /// What the account stands at after it.
    pub(crate) balance: Money,
    pub(crate) entry: &'a Entry,
}

impl Movement<'_> {
    /// Its identifier.
    pub(crate) fn id(&self) -> String {
        format!("btx-{}-{:06}", self.account.code(), self.number)
    }
}

impl Books {
    /// The accounts at a bank that were ever used.
    pub(crate) fn banks(&self) -> Vec<Account> {
        let used = |account: &Account| {
            self.entries.iter().any(|entry| entry.lines.iter().any(|line| line.0 == *account))
        };
        Account::BANKS.into_iter().filter(used).collect()
    }

    /// The movements on an account, oldest first.
    pub(crate) fn movements_on(&self, account: Account) -> Vec<Movement<'_>> {
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
