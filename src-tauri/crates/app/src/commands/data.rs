//! The data types of a company and their states (§1.4, §2.19).

use codat::{
    Company, Topic,
    data::{Category, DataType, Scope, Shape},
    model::DataStatus,
};
use serde::Serialize;
use store::RowPhase;
use ts_rs::TS;

use super::{
    ById, Nothing, company_id,
    history::{status_words, type_name},
    summary::{Load, data_statuses},
};
use crate::{
    app::App,
    empty_state::provides_category,
    error::WireError,
    fetch::{checked_at, company, fetch_due, is_reading},
    wire::millis,
};

#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataTypes {
    /// In groups with headings.
    pub groups: Vec<TypeGroup>,
    /// When the states were last loaded. None: never.
    pub as_of: Option<i64>,
    /// Whether any read is running.
    pub reading: bool,
}

#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TypeGroup {
    /// The heading.
    pub label: String,
    pub types: Vec<TypeView>,
}

/// The state of a data type.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypeView {
    pub key: String,
    pub name: String,
    /// The shape of its data.
    pub shape: TypeShape,
    /// The status of the newest read as text. None if there was no read.
    pub word: Option<String>,
    /// The phase of that status.
    pub phase: Option<RowPhase>,
    /// When the last successful read ended.
    pub last_read: Option<i64>,
}

/// The shape of a type's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TypeShape {
    Records,
    Statement,
    /// No readable data: the API documents no path.
    Unpublished,
    /// A type that this version does not know.
    Unknown,
}

impl App {
    /// The known state of each data type.
    pub(crate) async fn data_types(&self, by: ById) -> Result<DataTypes, WireError> {
        let id = company_id(&by.id)?;
        let store = self.command_workspace().await.store()?;
        let record = company(&store, id).await?;
        let statuses = data_statuses(&store, id).await?;
        let mut groups: Vec<TypeGroup> = Vec::new();
        for known in DataType::all() {
            let data_status = statuses.get(known.key);
            if data_status.is_none() && !has_source(&record, known.category) {
                continue;
            }
            let (label, view) =
                (known.group.label(), type_view(known.key, known.name, shape(known), data_status));
            match groups.iter_mut().find(|group| group.label == label) {
                Some(group) => group.types.push(view),
                None => groups.push(TypeGroup { label: label.to_owned(), types: vec![view] }),
            }
        }
        let others = statuses.iter().filter(|(key, _)| DataType::of_key(key).is_none());
        let others: Vec<_> = others
            .map(|(key, data_status)| type_view(key, &type_name(key), TypeShape::Unknown, Some(data_status)))
            .collect();
        if !others.is_empty() {
            groups.push(TypeGroup { label: "Others".to_owned(), types: others });
        }
        let cached = store.cached_answer(&Topic::DataStatus(id)).await?;
        Ok(DataTypes {
            groups,
            as_of: cached.as_ref().and_then(checked_at).map(millis),
            reading: is_reading(&store, id, &[]).await?,
        })
    }

    /// Loads the states of the data types if they are stale.
    pub(crate) async fn load_data_types(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.command_workspace().await, vec![Topic::DataStatus(id)], load.always).await?;
        Ok(Nothing {})
    }
}

fn has_source(company: &Company, category: Category) -> bool {
    category == Category::Accounting
        || company.data_connections.iter().any(|it| provides_category(&it.source_type, category))
}

fn shape(data_type: &DataType) -> TypeShape {
    match (data_type.scope, data_type.shape) {
        (Scope::Unpublished, _) => TypeShape::Unpublished,
        (_, Shape::Statement(_)) => TypeShape::Statement,
        (_, Shape::List | Shape::Single) => TypeShape::Records,
    }
}

fn type_view(key: &str, name: &str, shape: TypeShape, data_status: Option<&DataStatus>) -> TypeView {
    let status = data_status.and_then(|data_status| data_status.current_status.as_ref());
    TypeView {
        key: key.to_owned(),
        name: name.to_owned(),
        shape,
        word: status.map(|status| status_words(status.as_str())),
        phase: status.map(|status| RowPhase::from(status.phase())),
        last_read: data_status.and_then(|data_status| data_status.last_successful_sync).map(millis),
    }
}
