//! What an upload leaves behind beside its findings: the project as it was asked for, and the SBOM.

use domain::access::Operation;
use domain::record::Event;
use formats::sboms::Outline;
use store::imports::Import;
use store::sboms::projects::{self, Project};
use store::sboms::{self, Sbom, name_of};
use store::{StoreError, counters};

use super::upload::Wishes;
use crate::Refusal;
use crate::door::Change;

/// A document that came for a project.
pub(crate) struct Arrival {
    /// As it would be created; its name and version say which one is meant.
    pub(super) project: Project,
    pub(super) wishes: Wishes,
    /// None of a VEX document, which is no list of what is in the product.
    pub(super) outline: Option<Outline>,
}

impl Arrival {
    /// Whether it states what is no matter, and sees nothing itself.
    pub(crate) fn is_statement(&self) -> bool {
        self.outline.is_none()
    }

    /// Keeps project and SBOM; `import` is kept already, with the bytes.
    pub(crate) async fn keep(&self, change: &mut Change, import: &Import) -> Result<(), Refusal> {
        let project = self.project(change).await?;
        let Some(outline) = &self.outline else { return Ok(()) };
        let now = change.instant();
        let (transaction, content) = (&mut change.transaction, &outline.content);
        if sboms::see_again(transaction, &project, content, now, &import.id).await? {
            return Ok(());
        }
        let sbom = Sbom {
            id: name_of(counters::take(transaction, "sboms", 1).await?),
            service: import.service.clone(),
            project,
            project_name: self.project.name.clone(),
            project_version: self.project.version.clone(),
            digest: import.digest.clone(),
            content: content.clone(),
            format: outline.format.clone(),
            syntax: outline.syntax.word().to_owned(),
            size: import.size,
            components: outline.components,
            at: now,
            actor: import.actor.clone(),
            last_at: now,
            import: import.id.clone(),
        };
        sboms::keep(transaction, &sbom).await?;
        let detail =
            format!("{} for {}: {} components", sbom.format, sbom.service, sbom.components);
        change.event(Event::new("sboms", "kept", &sbom.id, detail));
        Ok(())
    }

    /// The id of the project, which is created or changed where that was asked for.
    async fn project(&self, change: &mut Change) -> Result<String, Refusal> {
        let Project { name, version, .. } = &self.project;
        let Some(known) = projects::named(&mut change.transaction, name, version).await? else {
            change.also(Operation::ChangeProject)?;
            let created = self
                .wishes
                .applied(Project { created_at: change.instant(), ..self.project.clone() });
            create(change, &created).await?;
            return Ok(created.id);
        };
        let wished = self.wishes.applied(known.clone());
        if wished != known {
            projects::save(&mut change.transaction, &wished).await?;
            change.event(Event::new("projects", "changed", &known.id, "by an upload"));
        }
        Ok(known.id)
    }
}

/// Keeps a new project, with its line in the record.
pub(super) async fn create(change: &mut Change, project: &Project) -> Result<(), StoreError> {
    projects::create(&mut change.transaction, project).await?;
    let detail = format!("{} {} of {}", project.name, project.version, project.service);
    change.event(Event::new("projects", "created", &project.id, detail));
    Ok(())
}
