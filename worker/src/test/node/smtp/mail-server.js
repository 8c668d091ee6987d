// A mail server on nodemailer's smtp-server. Prints its port, then a line for each message that it took; ends with its
// standard input, whose lines are commands.
//
//   node mail-server.js <folder for messages> <certificate> <key> <starttls|tls> <user> <password> [<size>]
//
// The first part of a recipient's address says what becomes of him: rcpt-550, data-451, drop-later; others are taken.
"use strict";

const { createHash } = require("node:crypto");
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const { SMTPServer } = require("smtp-server");

const [folder, cert, key, security, user, password, size] = process.argv.slice(2);

let messages = 0;
const tokens = new Set();
const revoked = new Set();

function refusal(code) {
  const error = new Error("refused as told");
  error.responseCode = Number(code);
  return error;
}

function told(address, verb) {
  const match = new RegExp(`^${verb}-(\\w+)@`).exec(address);
  return match && match[1];
}

// A token of ours is a JWT that has not expired and has not been revoked.
function isValid(token) {
  const parts = String(token).split(".");
  if (parts.length !== 3 || revoked.has(token)) {
    return false;
  }
  tokens.add(token);
  return JSON.parse(Buffer.from(parts[1], "base64url")).exp * 1000 > Date.now();
}

const server = new SMTPServer({
  cert: readFileSync(cert),
  key: readFileSync(key),
  secure: security === "tls",
  disableReverseLookup: true,
  authMethods: ["PLAIN", "LOGIN", "XOAUTH2"],
  ...(size && { size: Number(size) }),
  onAuth(auth, session, callback) {
    const right =
      auth.method === "XOAUTH2"
        ? auth.username === user && isValid(auth.accessToken)
        : auth.username === user && auth.password === password;
    if (!right) {
      return auth.method === "XOAUTH2"
        ? callback(null, { data: { status: "401", schemes: "bearer", scope: "mail" } })
        : callback(refusal(535));
    }
    return callback(null, { user: auth.username });
  },
  onRcptTo(address, session, callback) {
    const code = told(address.address, "rcpt");
    callback(code ? refusal(code) : undefined);
  },
  onData(stream, session, callback) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const recipients = session.envelope.rcptTo.map((one) => one.address);
      const code = recipients.map((one) => told(one, "data")).find(Boolean);
      if (code) {
        return callback(refusal(code));
      }
      if (stream.sizeExceeded) {
        return callback(refusal(552));
      }
      const bytes = Buffer.concat(chunks);
      const file = join(folder, `${messages++}.eml`);
      writeFileSync(file, bytes);
      console.log(
        [session.id, session.secure, session.user, file, createHash("sha256").update(bytes).digest("hex")].join(" "),
      );
      if (recipients.some((one) => told(one, "drop"))) {
        for (const connection of server.connections) {
          if (connection.id === session.id) {
            connection._socket.destroy();
          }
        }
        return undefined;
      }
      return callback();
    });
  },
});

server.on("error", () => {
  // A client that ends a connection is no reason to end.
});

createInterface({ input: process.stdin })
  .on("line", (command) => {
    if (command === "revoke") {
      tokens.forEach((token) => revoked.add(token));
      console.log("revoked " + revoked.size);
    }
  })
  .on("close", () => process.exit(0));

server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
