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
    /// `GET /companies/{companyId}/files`; not paged.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn list_files(&self, company: CompanyId) -> Outcome<Vec<UploadedFile>> {
        self.fetch(Call::get(format!("/companies/{company}/files")), reading::object).await
    }

    /// `POST /companies/{companyId}/connections/{connectionId}/files`: one file, to a connection that takes
    /// files. `tell` hears how many bytes of the file have left, where the transport can say that.
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

    /// `GET /companies/{companyId}/files/download`: all files, or those of one day (UTC), as one archive.
    /// What comes back has only begun.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn download_files(&self, company: CompanyId, day: Option<Date>) -> Result<Download, Failure> {
        let call = Call::get(format!("/companies/{company}/files/download"));
        let call = day.into_iter().fold(call.file(), |call, day| call.with("date", day));
        self.download(call).await
    }
}
