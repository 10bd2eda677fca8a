//! Uploaded files (§2.17).

use http::Method;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Client, Leaving, Outcome, call::Call, download::Download};
use crate::{
    error::Failure,
    id::{CompanyId, ConnectionId},
    model::UploadedFile,
    reading,
    upload::FilePart,
};

impl Client {
    /// `GET /companies/{companyId}/files`: not paged.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_files(&self, company: CompanyId) -> Outcome<Vec<UploadedFile>> {
        self.fetch(Call::get(format!("/companies/{company}/files")), reading::object).await
    }

    /// `POST /companies/{companyId}/connections/{connectionId}/files`: uploads one file to a connection that accepts
    /// files. `tell` is called with the number of bytes of the file sent so far, if the transport can report it.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn upload_file(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        file: &FilePart,
        key: Uuid,
        tell: impl Fn(u64) + Send + Sync + 'static,
    ) -> Outcome<()> {
        let path = format!("/companies/{company}/connections/{connection}/files");
        let form = file.form(key);
        let (before, bytes) = (form.before, file.bytes());
        let leaving = Leaving::new(move |left| tell(left.saturating_sub(before).min(bytes)));
        let call = Call::new(Method::POST, path).form(form.media_type, form.body).once(key);
        self.accomplish(call.telling(leaving)).await
    }

    /// `GET /companies/{companyId}/files/download`: all files, or those of one day in UTC, as one ZIP archive.
    /// Returns when the head of the response has arrived; the body is read from the [`Download`].
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn download_files(&self, company: CompanyId, day: Option<Date>) -> Result<Download, Failure> {
        let call = Call::get(format!("/companies/{company}/files/download"));
        let call = day.into_iter().fold(call.file(), |call, day| call.with("date", day));
        self.download(call).await
    }
}
