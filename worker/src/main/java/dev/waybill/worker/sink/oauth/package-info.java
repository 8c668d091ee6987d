/// Access tokens by OAuth 2.0 (RFC 6749), for every provider that needs some: asked for through the egress
/// guard, kept until they are about to expire, and asked for once however many attempts wait for one.
@NullMarked
package dev.waybill.worker.sink.oauth;

import org.jspecify.annotations.NullMarked;
