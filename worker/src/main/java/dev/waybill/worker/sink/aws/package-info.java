/// What the providers of AWS have in common: the SDK's requests on our own connections, and who we are.
///
/// The SDK signs and (un)marshals. It neither resolves names nor connects nor retries: [AwsHttpClient] hands its
/// requests
/// to `sink.http`, so that the egress guard, the timeouts and the rule of what may have been processed hold here, too.
@NullMarked
package dev.waybill.worker.sink.aws;

import org.jspecify.annotations.NullMarked;
