//! Uploaded files (§2.17).

use http::Method;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Client, Outcome, call::Call, download::Download};
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
    /// files.
    ///
    /// # Errors
    /// Those of §2.5.
    pub async fn upload_file(
        &self,
        company: CompanyId,
        connection: ConnectionId,
        file: &FilePart,
        key: Uuid,
    ) -> Outcome<()> {
        let path = format!("/companies/{company}/connections/{connection}/files");
        let (media_type, form) = file.form(key);
        self.accomplish(Call::new(Method::POST, path).form(media_type, form).once(key)).await
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
