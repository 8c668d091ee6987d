package dev.waybill.worker.sink.aws;

import java.io.IOException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/// Makes the SDK's requests on the line of the [AwsExchange] that the calling thread is in. It has no connections and
/// no
/// state of its own, so all clients share it.
final class AwsHttpClient implements SdkHttpClient {

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        AwsExchange exchange = AwsExchange.current();
        return new ExecutableHttpRequest() {
            @Override
            public HttpExecuteResponse call() throws IOException {
                return exchange.send(request);
            }

            // Nothing to do: the line ends it, by its deadline or when it is closed.
            @Override
            public void abort() {}
        };
    }

    @Override
    public String clientName() {
        return "Waybill";
    }

    @Override
    public void close() {}
}
