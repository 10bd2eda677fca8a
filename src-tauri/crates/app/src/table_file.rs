//! Writes a table to a file: CSV, or an Excel workbook with typed cells.

use codat::amount::Amount;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::csv;

/// Excel reads a CSV file as UTF-8 if it begins with this mark.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Excel stores a number in 15 significant digits.
const EXACT_DIGITS: usize = 15;
/// The most characters in a cell of a workbook.
const MAX_TEXT_LENGTH: usize = 32_767;
/// The most rows of a sheet below the headings.
pub(crate) const MAX_SHEET_ROWS: u32 = 1_048_575;
/// The width of a column in characters.
const COLUMN_WIDTH: f64 = 20.0;

/// The format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TableFormat {
    /// CSV (RFC 4180).
    Csv,
    /// CSV that Excel opens by a double click: with a byte order mark.
    CsvForExcel,
    /// CSV for Excel where the decimal separator is a comma: fields are separated by semicolons.
    CsvWithSemicolons,
    /// An Excel workbook.
    Xlsx,
}

impl TableFormat {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Csv | Self::CsvForExcel | Self::CsvWithSemicolons => "csv",
            Self::Xlsx => "xlsx",
        }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TableCell {
    Empty,
    /// Text that is never interpreted as a formula.
    Text(String),
    /// A number with all its digits.
    Number(Amount),
    Date(Date),
    /// A time, written in UTC.
    Instant(Timestamp),
    /// A time without a zone.
    LocalTime(DateTime),
}

impl TableCell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// From milliseconds since 1970, UTC.
    pub(crate) fn instant(milliseconds: Option<i64>) -> Self {
        let instant = milliseconds.and_then(|at| Timestamp::from_millisecond(at).ok());
        instant.map_or(Self::Empty, Self::Instant)
    }
}

/// Writes a table in parts. The parts of a workbook are written at the end, because it is compressed as a whole.
pub(crate) enum TableWriter {
    Csv { format: TableFormat },
    Workbook(Box<WorkbookWriter>),
}

impl TableWriter {
    /// `name`: of the sheet.
    ///
    /// # Errors
    /// If a heading cannot be written.
    pub(crate) fn new(format: TableFormat, name: &str) -> Result<Self, XlsxError> {
        Ok(match format {
            TableFormat::Csv | TableFormat::CsvForExcel | TableFormat::CsvWithSemicolons => {
                Self::Csv { format }
            }
            TableFormat::Xlsx => Self::Workbook(Box::new(WorkbookWriter::new(name)?)),
        })
    }

    /// Adds the headings. Returns the bytes to append to the file.
    ///
    /// # Errors
    /// If the workbook does not take them.
    pub(crate) fn headings(&mut self, headings: &[String]) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Csv { format } => {
                let mark = if *format == TableFormat::Csv { "" } else { BYTE_ORDER_MARK };
                let cells = headings.iter().map(|heading| TableCell::Text(heading.clone()));
                let line = csv_line(&cells.collect::<Vec<_>>(), *format);
                Ok(format!("{mark}{line}").into_bytes())
            }
            Self::Workbook(workbook) => workbook.headings(headings).map(|()| Vec::new()),
        }
    }

    /// Adds a row. Returns the bytes to append to the file.
    ///
    /// # Errors
    /// If the sheet is full.
    pub(crate) fn row(&mut self, cells: &[TableCell]) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Csv { format } => Ok(csv_line(cells, *format).into_bytes()),
            Self::Workbook(workbook) => workbook.row(cells).map(|()| Vec::new()),
        }
    }

    /// The rest of the file. Compressing a large workbook takes seconds.
    ///
    /// # Errors
    /// If the workbook cannot be written.
    pub(crate) fn finish(self) -> Result<Vec<u8>, XlsxError> {
        match self {
            Self::Csv { .. } => Ok(Vec::new()),
            Self::Workbook(workbook) => workbook.finish(),
        }
    }
}

fn csv_line(cells: &[TableCell], format: TableFormat) -> String {
    let with_semicolons = format == TableFormat::CsvWithSemicolons;
    let fields = cells.iter().map(|cell| match cell {
        TableCell::Empty => String::new(),
        TableCell::Text(text) => csv::guarded(text),
        TableCell::Number(number) if with_semicolons => number.as_str().replace('.', ","),
        TableCell::Number(number) => number.as_str().to_owned(),
        TableCell::Date(date) => date.to_string(),
        TableCell::Instant(instant) => instant.to_string(),
        TableCell::LocalTime(time) => time.to_string(),
    });
    csv::joined(fields, if with_semicolons { ';' } else { ',' })
}

/// A workbook with one sheet.
pub(crate) struct WorkbookWriter {
    workbook: Workbook,
    rows: u32,
    columns: u16,
    date: Format,
    instant: Format,
}

impl WorkbookWriter {
    fn new(name: &str) -> Result<Self, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().set_name(name)?.set_freeze_panes(1, 0)?;
        Ok(Self {
            workbook,
            rows: 0,
            columns: 0,
            date: Format::new().set_num_format("yyyy-mm-dd"),
            instant: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        })
    }

    fn sheet(&mut self) -> Result<&mut Worksheet, XlsxError> {
        self.workbook.worksheet_from_index(0)
    }

    fn headings(&mut self, headings: &[String]) -> Result<(), XlsxError> {
        let bold = Format::new().set_bold().set_align(FormatAlign::Left);
        let sheet = self.sheet()?;
        let mut columns = 0;
        for heading in headings {
            sheet.write_string_with_format(0, columns, cut(heading), &bold)?;
            sheet.set_column_width(columns, COLUMN_WIDTH)?;
            columns += 1;
        }
        self.columns = columns;
        Ok(())
    }

    fn row(&mut self, cells: &[TableCell]) -> Result<(), XlsxError> {
        let row = self.rows + 1;
        let (date_format, instant_format) = (self.date.clone(), self.instant.clone());
        let sheet = self.sheet()?;
        for (column, cell) in (0_u16..).zip(cells) {
            let written = match cell {
                TableCell::Empty => continue,
                TableCell::Text(text) => sheet.write_string(row, column, cut(text)),
                TableCell::Number(number) => match exact_number(number.as_str()) {
                    Some(exact) => sheet.write_number(row, column, exact),
                    None => sheet.write_string(row, column, number.as_str()),
                },
                TableCell::Date(date) => match excel_date(*date) {
                    Some(date) => sheet.write_datetime_with_format(row, column, date, &date_format),
                    None => sheet.write_string(row, column, date.to_string()),
                },
                TableCell::Instant(instant) => {
                    match excel_time(jiff::tz::Offset::UTC.to_datetime(*instant)) {
                        Some(time) => sheet.write_datetime_with_format(row, column, time, &instant_format),
                        None => sheet.write_string(row, column, instant.to_string()),
                    }
                }
                TableCell::LocalTime(time) => match excel_time(*time) {
                    Some(time) => sheet.write_datetime_with_format(row, column, time, &instant_format),
                    None => sheet.write_string(row, column, time.to_string()),
                },
            };
            written?;
        }
        self.rows = row;
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        let (rows, last_column) = (self.rows, self.columns.saturating_sub(1));
        self.sheet()?.autofilter(0, 0, rows, last_column)?;
        self.workbook.save_to_buffer()
    }
}

/// The number, if a workbook can store all its digits.
fn exact_number(text: &str) -> Option<f64> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.parse().ok().filter(|number: &f64| number.is_finite() && digits <= EXACT_DIGITS)
}

/// The date. None before 1900 and after 9999, which a workbook cannot store.
fn excel_date(date: Date) -> Option<ExcelDateTime> {
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    ExcelDateTime::from_ymd(date.year().try_into().ok()?, month, day).ok()
}

fn excel_time(time: DateTime) -> Option<ExcelDateTime> {
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    excel_date(time.date())?.and_hms(hour.into(), minute, f64::from(time.second())).ok()
}

/// The start of a text that is too long for a cell. Excel counts UTF-16 units.
fn cut(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, character)| {
        units += character.len_utf16();
        units > MAX_TEXT_LENGTH
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _, Xlsx};
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn number(text: &str) -> TableCell {
        TableCell::Number(serde_json::from_str(text).unwrap())
    }

    fn cells() -> Vec<TableCell> {
        vec![
            TableCell::text("Bäckerei; \"Nord\""),
            TableCell::text("=1+1"),
            number("-1234.50"),
            TableCell::Date(jiff::civil::date(2026, 11, 30)),
            TableCell::Instant("2026-11-30T08:05:09Z".parse().unwrap()),
            TableCell::Empty,
        ]
    }

    fn csv_text(format: TableFormat) -> String {
        let mut table = TableWriter::new(format, "Sheet").unwrap();
        let mut bytes = table.headings(&["Name".to_owned(), "=A1".to_owned()]).unwrap();
        bytes.extend(table.row(&cells()).unwrap());
        bytes.extend(table.finish().unwrap());
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_csv_file_for_excel_has_its_mark_and_the_separators_of_the_reader() {
        let line = "\"Bäckerei; \"\"Nord\"\"\",'=1+1,-1234.50,2026-11-30,2026-11-30T08:05:09Z,\r\n";
        assert_eq!(csv_text(TableFormat::Csv), format!("Name,'=A1\r\n{line}"));
        assert_eq!(csv_text(TableFormat::CsvForExcel), format!("\u{feff}Name,'=A1\r\n{line}"));
        let line = "\"Bäckerei; \"\"Nord\"\"\";'=1+1;-1234,50;2026-11-30;2026-11-30T08:05:09Z;\r\n";
        assert_eq!(csv_text(TableFormat::CsvWithSemicolons), format!("\u{feff}Name;'=A1\r\n{line}"));
    }

    /// The sheet of a workbook with these rows, as an independent reader sees it.
    fn read_back(rows: &[Vec<TableCell>]) -> calamine::Range<Data> {
        let mut table = TableWriter::new(TableFormat::Xlsx, "Companies").unwrap();
        let headings: Vec<_> = (0..cells().len()).map(|column| format!("Heading {column}")).collect();
        assert!(table.headings(&headings).unwrap().is_empty());
        for row in rows {
            assert!(table.row(row).unwrap().is_empty());
        }
        let file = std::io::Cursor::new(table.finish().unwrap());
        let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(file).unwrap();
        assert!(workbook.worksheet_formula("Companies").unwrap().is_empty());
        workbook.worksheet_range("Companies").unwrap()
    }

    #[test]
    fn a_workbook_has_typed_cells_and_no_formula() {
        let long = "é".repeat(MAX_TEXT_LENGTH + 1);
        let large = number("12345678901234567890.12");
        let sheet = read_back(&[cells(), vec![large, TableCell::text(long)]]);
        let text = |row, column| sheet.get_value((row, column)).unwrap().to_string();
        assert_eq!(text(0, 0), "Heading 0");
        assert_eq!((text(1, 0), text(1, 1)), ("Bäckerei; \"Nord\"".to_owned(), "=1+1".to_owned()));
        assert_eq!(sheet.get_value((1, 2)), Some(&Data::Float(-1234.5)));
        for (column, expected) in [(3, "2026-11-30 00:00:00"), (4, "2026-11-30 08:05:09")] {
            let Some(Data::DateTime(instant)) = sheet.get_value((1, column)) else {
                panic!("no date: {column}")
            };
            let (year, month, day, hour, minute, second, _) = instant.to_ymd_hms_milli();
            let shown = format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
            assert_eq!(shown, expected);
        }
        assert_eq!(text(2, 0), "12345678901234567890.12", "no digit is lost");
        assert_eq!(text(2, 1).chars().count(), MAX_TEXT_LENGTH);
    }

    proptest! {
        #[test]
        fn any_text_reads_back_from_a_workbook(texts in vec("[^\\p{C}]{1,20}", 1..20)) {
            let rows: Vec<_> = texts.iter().map(|text| vec![TableCell::text(text.as_str())]).collect();
            let sheet = read_back(&rows);
            for (row, text) in (1..).zip(&texts) {
                prop_assert_eq!(sheet.get_value((row, 0)), Some(&Data::String(text.clone())));
            }
        }
    }
}
