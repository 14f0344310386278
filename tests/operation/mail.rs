//! One-time links and notices by mail.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

use hatang::config::Mail;
use serde_json::json;

use crate::common::Server;
use crate::operation::hatang;

/// A mail server for one mail. Returns its port and, in the end, what it was told.
fn mail_server() -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).unwrap();
        let (mut told, mut in_body) = (String::new(), false);
        say("220 test");
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap() == 0 {
                return told;
            }
            told += &line;
            match line.trim_end() {
                "." if in_body => {
                    in_body = false;
                    say("250 kept");
                }
                _ if in_body => {}
                "DATA" => {
                    in_body = true;
                    say("354 go on");
                }
                "QUIT" => {
                    say("221 bye");
                    return told;
                }
                _ => say("250 test"),
            }
        }
    });
    (port, told)
}

/// The settings of that server.
fn settings(port: u16) -> Mail {
    let from = "Hatang <hatang@xa.example>".to_owned();
    Mail { smtp_url: Some(format!("smtp://127.0.0.1:{port}")), mail_from: Some(from) }
}

#[actix_web::test]
async fn administrator_has_the_link_sent() {
    let server = Server::new().await;
    let user = server.administrator().post_json("/users", json!({"username": "lan"})).await.ok()["id"].clone();
    let path = format!("/users/{user}/password-link");
    let to = json!({"mail": "lan@xa.example"});
    assert_eq!(server.administrator().post_json(&path, to.clone()).await.summary(), "422 mail.none /mail");
    let (port, told) = mail_server();
    let server = server.with_mail(&settings(port)).await;
    let wrong = json!({"mail": "lan at xa"});
    assert_eq!(server.administrator().post_json(&path, wrong).await.summary(), "422 type /mail");
    let answer = server.administrator().post_json(&path, to.clone()).await.ok();
    assert_eq!((&answer["sent_to"], &answer["link"]), (&json!("lan@xa.example"), &json!(null)));
    assert!(told.join().unwrap().contains("RCPT TO:<lan@xa.example>"));
    // The server takes one mail only.
    let answer = server.administrator().post_json(&path, to).await;
    assert_eq!((answer.status.as_u16(), answer.codes()), (503, vec!["unavailable".to_owned()]));
}

#[actix_web::test]
async fn people_are_told_of_sign_ins_from_new_devices() {
    let server = Server::new().await;
    let id = server.person("lan", &[]).await;
    server.execute(&format!("update accounts set mail = 'lan@xa.example' where id = {id}")).await;
    let (port, told) = mail_server();
    let server = server.with_mail(&settings(port)).await;
    server.sign_in("lan").await;
    let told = actix_web::web::block(move || told.join().unwrap()).await.unwrap();
    assert!(told.contains("RCPT TO:<lan@xa.example>"), "{told}");
}

#[actix_web::test]
async fn link_is_sent_and_not_printed() {
    let server = Server::new().await;
    let (port, told) = mail_server();
    let smtp = format!("smtp://127.0.0.1:{port}");
    let create = ["user", "create", "lan", "--url", "https://hatang.example", "--mail", "lan@xa.example"];
    let variables = [("HATANG_SMTP_URL", smtp.as_str()), ("HATANG_MAIL_FROM", "Hatang <hatang@xa.example>")];
    let (status, out, err) = hatang(&server.database_url(), &create, &variables);
    assert_eq!((status, out.as_str()), (0, "sent to lan@xa.example\n"), "{err}");
    let told = told.join().unwrap();
    assert!(told.contains("RCPT TO:<lan@xa.example>"), "{told}");
    assert!(told.contains("hatang.example/setup#") || told.contains("base64") || told.contains("quoted"), "{told}");
    assert!(!out.contains('#'), "{out}");

    // Without a server nothing is written.
    let create = ["user", "create", "minh", "--mail", "minh@xa.example"];
    let (status, _, err) = hatang(&server.database_url(), &create, &[]);
    assert!(status == 1 && err.contains("HATANG_SMTP_URL"), "{err}");
    assert_eq!(server.query("select count(*) from accounts where username = 'minh'").await, 0);
}
