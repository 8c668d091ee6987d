package dev.waybill.worker.sink.secret;

/// Whether an organization's id can be part of a path. The router admits no others; this is the second lock.
final class OrganizationIds {

    private static final int MAX = 255;

    private OrganizationIds() {}

    static boolean isSafe(String id) {
        if (id.isEmpty() || id.length() > MAX || !isLetterOrDigit(id.charAt(0))) {
            return false;
        }
        for (int i = 1; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
