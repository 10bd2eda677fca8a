//! A company's data: how each type stands (§1.4, §2.19).

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
    history::{type_name, words},
    summary::{Load, standings},
};
use crate::{
    absence::is_of,
    app::App,
    convert::millis,
    error::WireError,
    fetch::{asked_at, company, fetch_due, is_reading},
};

/// The data types of a company.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DataTypes {
    /// Heading by heading.
    pub groups: Vec<TypeGroup>,
    /// When it was last asked how they stand; none: never.
    pub as_of: Option<i64>,
    /// Whether anything is being read.
    pub reading: bool,
}

/// Types under one heading.
#[derive(Debug, Clone, Serialize, TS)]
pub(crate) struct TypeGroup {
    /// The heading.
    pub label: String,
    /// Its types.
    pub types: Vec<TypeView>,
}

/// How one type stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TypeView {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub shape: TypeShape,
    /// The status of its newest read in words; none where it was never read.
    pub word: Option<String>,
    /// What that means.
    pub phase: Option<RowPhase>,
    /// When it was last read well.
    pub last_read: Option<i64>,
}

/// What a type holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TypeShape {
    /// Records.
    Records,
    /// A statement.
    Statement,
    /// Nothing that can be read: no path is published.
    Unpublished,
    /// What this version does not know.
    Unknown,
}

impl App {
    /// How each type stands, as far as it is known.
    pub(crate) async fn data_types(&self, by: ById) -> Result<DataTypes, WireError> {
        let id = company_id(&by.id)?;
        let store = self.desk().await.store()?;
        let record = company(&store, id).await?;
        let standings = standings(&store, id).await?;
        let mut groups: Vec<TypeGroup> = Vec::new();
        for known in DataType::all() {
            let standing = standings.get(known.key);
            if standing.is_none() && !has_source(&record, known.category) {
                continue;
            }
            let (label, view) =
                (known.group.label(), type_view(known.key, known.name, shape(known), standing));
            match groups.iter_mut().find(|group| group.label == label) {
                Some(group) => group.types.push(view),
                None => groups.push(TypeGroup { label: label.to_owned(), types: vec![view] }),
            }
        }
        let others = standings.iter().filter(|(key, _)| DataType::of_key(key).is_none());
        let others: Vec<_> = others
            .map(|(key, standing)| type_view(key, &type_name(key), TypeShape::Unknown, Some(standing)))
            .collect();
        if !others.is_empty() {
            groups.push(TypeGroup { label: "Others".to_owned(), types: others });
        }
        let said = store.said(&Topic::DataStatus(id)).await?;
        Ok(DataTypes {
            groups,
            as_of: said.as_ref().and_then(asked_at).map(millis),
            reading: is_reading(&store, id, &[]).await?,
        })
    }

    /// Asks how each type stands, where that was not done lately.
    pub(crate) async fn load_data_types(&self, load: Load) -> Result<Nothing, WireError> {
        let id = company_id(&load.id)?;
        fetch_due(&*self.desk().await, vec![Topic::DataStatus(id)], load.always).await?;
        Ok(Nothing {})
    }
}

fn has_source(company: &Company, category: Category) -> bool {
    category == Category::Accounting
        || company.data_connections.iter().any(|it| is_of(&it.source_type, category))
}

fn shape(data_type: &DataType) -> TypeShape {
    match (data_type.scope, data_type.shape) {
        (Scope::Unpublished, _) => TypeShape::Unpublished,
        (_, Shape::Statement(_)) => TypeShape::Statement,
        (_, Shape::List | Shape::Single) => TypeShape::Records,
    }
}

fn type_view(key: &str, name: &str, shape: TypeShape, standing: Option<&DataStatus>) -> TypeView {
    let status = standing.and_then(|standing| standing.current_status.as_ref());
    TypeView {
        key: key.to_owned(),
        name: name.to_owned(),
        shape,
        word: status.map(|status| words(status.as_str())),
        phase: status.map(|status| RowPhase::from(status.phase())),
        last_read: standing.and_then(|standing| standing.last_successful_sync).map(millis),
    }
}
