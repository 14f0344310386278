//! Lists in pages: `limit`, `cursor`, and a link to the next page.

use serde_json::{Value, json};

use crate::common::{Server, below_api};

#[actix_web::test]
async fn lists_link_to_the_next_page() {
    let server = Server::new().await;
    server.person("an", &[]).await;
    server.person("binh", &[]).await;
    server
        .execute(
            "insert into batches (collection, op, by) select 'cameras', 'create', 'test' from generate_series(1, 3);
             insert into tokens (account_id, name, secret_hash, expires_at)
             select 1, 'n' || n, sha256(n::text::bytea), now() + interval '1 day' from generate_series(1, 3) n",
        )
        .await;
    let administrator = server.administrator();
    for member in ["users", "tokens", "batches"] {
        let whole = administrator.get(&format!("/{member}")).await.ok();
        let (mut pages, mut next) = (Vec::new(), Some(format!("/{member}?limit=2")));
        while let Some(path) = next {
            let page = administrator.get(&path).await.ok();
            next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api);
            pages.push(page[member].clone());
        }
        assert!(pages.len() > 1, "{member}");
        let items: Vec<&Value> = pages.iter().flat_map(|page| page.as_array().unwrap()).collect();
        assert_eq!(json!(items), whole[member]);
        assert_eq!(whole["links"].as_array().unwrap().len(), 1, "{member}");
        assert_eq!(administrator.get(&format!("/{member}?limit=0")).await.status, 400, "{member}");
    }
    // The old parameter of batches, from before there were links.
    let batches = administrator.get("/batches").await.ok()["batches"].clone();
    let earlier = administrator.get(&format!("/batches?before={}", batches[0]["id"])).await.ok();
    assert_eq!(earlier["batches"].as_array().unwrap()[..], batches.as_array().unwrap()[1..]);
}

#[actix_web::test]
async fn changes_link_to_the_next_page_while_there_is_more() {
    let server = Server::with_communes().await;
    let administrator = server.administrator();
    for lon in [105.7, 105.71] {
        let tower = crate::common::feature([lon, 19.8], json!({"name": "Trạm", "operator": "vnpt"}), json!({}));
        administrator.post("/collections/towers/items", tower).await.ok();
    }
    let page = administrator.get("/changes?limit=1").await.ok();
    let next = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(below_api).unwrap();
    let last = administrator.get(&next).await.ok();
    assert_eq!((last["changes"].as_array().unwrap().len(), &last["more"]), (1, &json!(false)));
    assert_eq!(last["links"].as_array().unwrap().len(), 1);
}
