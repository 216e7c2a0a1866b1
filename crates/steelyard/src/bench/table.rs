//! An aligned table: texts to the left, figures to the right.

#[derive(Debug)]
pub struct Table {
    titles: Vec<&'static str>,
    /// How many columns from the left are texts.
    texts: usize,
    rows: Vec<Vec<String>>,
}

impl Table {
    #[must_use]
    pub fn new(titles: &[&'static str], texts: usize) -> Self {
        Self { titles: titles.to_vec(), texts, rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    pub fn print(&self) {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain(self.titles.get(column).map(|title| title.chars().count())).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.titles.len()).map(width).collect();
        let titles: Vec<String> = self.titles.iter().map(|title| (*title).to_owned()).collect();
        self.line(&titles, &widths);
        println!("{}", widths.iter().map(|width| "-".repeat(*width)).collect::<Vec<_>>().join("  "));
        for row in &self.rows {
            self.line(row, &widths);
        }
    }

    fn line(&self, cells: &[String], widths: &[usize]) {
        let cells = cells.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if column < self.texts { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}
