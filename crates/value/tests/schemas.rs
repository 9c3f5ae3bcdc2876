//! The JSON Schemas beside the definitions are the ones of the code. `UPDATE_GOLDEN=1` writes them.

use std::fs;
use std::path::Path;

#[test]
fn every_file_names_its_schema_and_the_schema_is_of_the_code() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
    for (file, schema) in value::schemas::schemas() {
        let name = Path::new(file).file_stem().and_then(|stem| stem.to_str()).expect("a name");
        let path = models.join(format!("schemas/{name}.schema.json"));
        let mut wanted = serde_json::to_string_pretty(&schema).expect("JSON");
        wanted.push('\n');
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(models.join("schemas")).expect("a folder");
            fs::write(&path, &wanted).expect("writes");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(kept, wanted, "{}: make it anew with UPDATE_GOLDEN=1", path.display());
        let text = fs::read_to_string(models.join(file)).expect("a definition");
        let up = if file.contains('/') { "../" } else { "" };
        let directive = format!("#:schema {up}schemas/{name}.schema.json\n");
        assert!(text.starts_with(&directive), "{file} must begin with {directive}");
    }
}
