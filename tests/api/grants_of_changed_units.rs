//! A grant on a province whose territory changed: it keeps the territory for which it was given.

use serde_json::json;

use crate::common::{Server, tower};

/// On 2025-07-01 Xã Đông leaves province 38 for province 40, and Xã Mới, east of it, joins province 38.
const CHANGE: &str = "
insert into admin_units (level, code, name, parent_code, valid_from, source, geom, geom_source) values
  ('province', '40', 'Tỉnh Nghệ An', null, '2010-01-01', 'demo', null, null),
  ('commune', '00003', 'Xã Mới', '38', '2025-07-01', 'demo', st_multi(st_makeenvelope(105.9, 19.7, 106.0, 19.9, 4326)), 'demo');
update admin_units set valid_to = '2025-06-30' where code = '38';
insert into admin_units (level, code, name, valid_from, source) values ('province', '38', 'Tỉnh Thanh Hóa', '2025-07-01', 'demo');
insert into admin_changes (from_id, to_id, part, kind)
select old.id, new.id, 'partial', 'split' from admin_units old, admin_units new
where old.code = '38' and old.valid_to is not null and new.code in ('38', '40') and new.valid_to is null;
update admin_units set parent_code = '40' where code = '00002';
select refresh_communes('test'), refresh_grants()";

#[actix_web::test]
async fn what_left_the_province_is_still_covered_and_what_joined_it_is_not() {
    let server = Server::with_communes().await;
    let given_before = server.account("before", &[json!({"role": "editor", "unit": "38@2024-01-01"})]).await;
    server.execute(CHANGE).await;
    let given_after = server.account("after", &[json!({"role": "editor", "unit": "38@2026-01-01"})]).await;
    for (lon, commune, before, after) in
        [(105.7, "Phường Tây, which stayed", 201, 201), (105.8, "Xã Đông, which left", 201, 403), (105.95, "Xã Mới, which joined", 403, 201)]
    {
        let mut station = tower(json!({}));
        station["geometry"]["coordinates"] = json!([lon, 19.8]);
        let written = server.holder(&given_before).post("/collections/towers/items", station.clone()).await;
        assert_eq!(written.status, before, "{commune}: {}", written.summary());
        let written = server.holder(&given_after).post("/collections/towers/items", station).await;
        assert_eq!(written.status, after, "{commune}: {}", written.summary());
    }
}
