//! Secrets that all instances on one database share.

use steelyard_store::{condition, secret};
use steelyard_testkit::{Database, both_engines};

both_engines!(a_secret_is_made_once_and_the_first_one_stays);

async fn a_secret_is_made_once_and_the_first_one_stays(database: &Database) {
    let reader = database.reader().await;
    assert_eq!(secret::secret(&reader, "cursor").await.unwrap(), None);
    assert_eq!(condition::secrets(&reader).await.unwrap(), 0);
    for offered in [b"first", b"other"] {
        let kept = database.write(async |tx| secret::secret_or_insert(tx, "cursor", offered).await).await;
        assert_eq!(kept.unwrap(), b"first");
    }
    let other = database.write(async |tx| secret::secret_or_insert(tx, "vault", &[0, 255]).await).await;
    assert_eq!(other.unwrap(), [0, 255]);
    assert_eq!(condition::secrets(&reader).await.unwrap(), 2);
    assert_eq!(secret::secret(&reader, "cursor").await.unwrap().as_deref(), Some(&b"first"[..]));
}
