//! What the demonstration tells: where it is, its keys, and one command that works.

use std::{fmt::Write as _, path::Path};

use serde_json::{Value, json};
use steelyard_web::DemoPayer;

use super::{seed::Merchant, shop::SHOPS};
use crate::output::Failed;

pub struct Shown<'a> {
    pub url: &'a str,
    /// Where browsers find the server.
    pub pages: &'a str,
    pub acquirer_url: &'a str,
    pub folder: &'a Path,
    pub merchants: &'a [Merchant],
    pub payers: &'a [DemoPayer],
}

impl Shown<'_> {
    fn first(&self) -> Result<&Merchant, Failed> {
        self.merchants.first().ok_or_else(|| Failed(String::from("a demonstration without a merchant")))
    }

    /// One line for programs.
    pub fn to_json(&self) -> Result<Value, Failed> {
        let first = &self.first()?.keys;
        let merchants: Vec<Value> = self.merchants.iter().map(merchant).collect();
        Ok(json!({
            "url": self.url,
            "secretKey": first.test_secret_key,
            "publishableKey": first.test_publishable_key,
            "merchantId": first.merchant.to_string(),
            "acquirerUrl": self.acquirer_url,
            "data": self.folder.display().to_string(),
            "merchants": merchants,
            "shopUrl": format!("{}/shop", self.pages),
            "payerAppUrl": format!("{}/app/", self.pages),
            "examplesUrl": format!("{}/examples/", self.pages),
            "payers": self.payers,
        }))
    }

    /// One box for people.
    pub fn to_box(&self) -> Result<String, Failed> {
        let mut lines = vec![
            format!("Steelyard demo is ready: {}", self.url),
            String::new(),
            format!("Shop         {}/shop", self.pages),
            format!("Payer app    {}/app/", self.pages),
            format!("Examples     {}/examples/", self.pages),
            format!("API          {}/v1", self.url),
            format!("Reference    {}/docs", self.url),
            format!("Acquirer     {}  (simulated; its book: /book)", self.acquirer_url),
            format!("Files        {}", self.folder.display()),
            String::new(),
        ];
        for merchant in self.merchants {
            lines.push(format!("{}  {}", SHOPS[merchant.shop].name, merchant.keys.merchant));
            lines.push(format!("  secret       {}", merchant.keys.test_secret_key));
            lines.push(format!("  publishable  {}", merchant.keys.test_publishable_key));
        }
        lines.push(String::new());
        lines.push(String::from("Payers, in the app (test mode):"));
        for payer in self.payers {
            let DemoPayer { name, email, password, pin, .. } = payer;
            lines.push(format!("  {name}  {email}  password {password}  PIN {pin}"));
        }
        lines.push(String::new());
        lines.push(String::from("Ctrl-C stops it. The keys are of test mode and of this run."));
        let width = lines.iter().map(|line| columns(line)).max().unwrap_or(0);
        let mut text = format!("┌{}┐\n", "─".repeat(width + 2));
        for line in &lines {
            let _ = writeln!(text, "│ {line}{} │", " ".repeat(width - columns(line)));
        }
        let _ = write!(text, "└{}┘\n\nTake a payment:\n\n{}", "─".repeat(width + 2), self.curl()?);
        Ok(text)
    }

    /// Outside of the box, so that it can be copied whole; a new order each time it is run.
    fn curl(&self) -> Result<String, Failed> {
        let key = &self.first()?.keys.test_secret_key;
        Ok(format!(
            "curl -s {}/v1/payments -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \
             -H \"Idempotency-Key: try-$(date +%s)\" -d '{{\"merchantOrderId\":\"try-'$(date +%s)'\",\
             \"orderName\":\"아메리카노\",\"amount\":4500,\"method\":{{\"type\":\"card\",\"card\":\
             {{\"number\":\"4242424242424242\",\"expiryMonth\":12,\"expiryYear\":2049}}}}}}'",
            self.url
        ))
    }
}

fn merchant(merchant: &Merchant) -> Value {
    json!({
        "merchantId": merchant.keys.merchant.to_string(),
        "name": SHOPS[merchant.shop].name,
        "secretKey": merchant.keys.test_secret_key,
        "publishableKey": merchant.keys.test_publishable_key,
    })
}

/// Columns of a terminal: Korean syllables take two.
fn columns(line: &str) -> usize {
    line.chars().map(|letter| if ('\u{ac00}'..='\u{d7a3}').contains(&letter) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn a_syllable_takes_two_columns() {
        assert_eq!(columns("한강 coffee"), 11);
    }
}
