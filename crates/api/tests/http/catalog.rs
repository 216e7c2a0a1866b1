//! `/v1/products`

use reqwest::Method;
use serde_json::json;

use crate::world::{World, ids, text};

#[tokio::test]
async fn a_product_is_made_changed_counted_and_its_movements_told() {
    let world = World::start().await;
    let body = json!({"sku": "bean-1kg", "name": "원두 1kg", "price": 18_000, "taxFree": false, "onHand": 10,
        "threshold": 3, "sellerId": world.ours.test_seller.to_string(), "metadata": {"roast": "dark"}});
    let product = world.post("/v1/products", body).await.data(201);
    assert_eq!(product["stock"], json!({"onHand": 10, "reserved": 0, "available": 10, "threshold": 3, "low": false}));
    let id = text(&product["id"]);
    let path = format!("/v1/products/{id}");
    assert_eq!(world.get(&path).await.data(200), product);

    let change = json!({"name": "원두 1000g", "price": 17_000, "taxFree": true, "threshold": null});
    let changed = world.ask(Method::PATCH, &path).body(change).send().await.data(200);
    assert_eq!((&changed["name"], &changed["price"]), (&json!("원두 1000g"), &json!(17_000)));
    assert_eq!((&changed["taxFree"], &changed["stock"]["threshold"]), (&json!(true), &json!(null)));
    assert_eq!(changed["metadata"], json!({"roast": "dark"}));
    // What is left out stays.
    let stays = world.ask(Method::PATCH, &path).body(json!({"threshold": 5})).send().await.data(200);
    assert_eq!((&stays["name"], &stays["stock"]["threshold"]), (&json!("원두 1000g"), &json!(5)));

    let stock = format!("{path}/stock");
    let more = world.post(&stock, json!({"delta": 5, "reason": "입고"})).await.data(200);
    assert_eq!(more["stock"]["onHand"], 15);
    let counted = world.post(&stock, json!({"set": 4, "reason": "실사"})).await.data(200);
    assert_eq!((&counted["stock"]["onHand"], &counted["stock"]["low"]), (&json!(4), &json!(true)));
    let too_few = world.post(&stock, json!({"delta": -5, "reason": "파손"})).await;
    assert!([409, 422].contains(&too_few.status), "{}", too_few.text);

    let movements = world.get(&format!("{path}/stock-movements")).await.data(200);
    let told: Vec<i64> =
        movements["items"].as_array().unwrap().iter().map(|movement| movement["delta"].as_i64().unwrap()).collect();
    assert_eq!(told, [-11, 5, 10]);

    for (query, count) in [("", 1), ("?low=true", 1), ("?low=false", 0)] {
        assert_eq!(ids(&world.get(&format!("/v1/products{query}")).await.data(200)).len(), count, "{query}");
    }
    let again = json!({"sku": "bean-1kg", "name": "원두", "price": 1});
    world.post("/v1/products", again).await.refused(409, "SKU_EXISTS");
}
