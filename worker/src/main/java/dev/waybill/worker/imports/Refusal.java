package dev.waybill.worker.imports;

import dev.waybill.worker.cli.RestClient;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Why a worker refuses a change, in words that quote no value of a setting.
final class Refusal {

    private static final int CHANGED_MEANWHILE = 412;

    private static final String SETTINGS = "settings";

    /// Messages about settings that are known to name no value; any other may.
    private static final List<String> HARMLESS =
            List.of("is required", "is a secret", "no such setting", "expected ", "at most ");

    private Refusal() {}

    static String reason(RestClient.Answer answer) {
        if (answer.status() == CHANGED_MEANWHILE) {
            return "it was changed at this moment; run it again";
        }
        List<String> reasons = new ArrayList<>();
        for (JsonNode error : answer.body().path("errors")) {
            String field = error.path("field").asString();
            reasons.add(field + ": " + message(field, error.path("message").asString()));
        }
        return reasons.isEmpty()
                ? answer.body().path("detail").asString("the worker answers with status " + answer.status())
                : String.join("; ", reasons);
    }

    private static String message(String field, String message) {
        boolean isQuotable = !field.startsWith(SETTINGS) || HARMLESS.stream().anyMatch(message::startsWith);
        return isQuotable ? message : "its value is refused; `waybill destination put` says why";
    }
}
