package dev.waybill.local.embedded.registry;

/// An answer other than success, with Confluent's error codes.
final class RegistryProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int code;

    private RegistryProblem(int code, String message) {
        super(message);
        this.code = code;
    }

    /// Five digits begin with the HTTP status, three are one.
    int status() {
        return code >= 1_000 ? code / 100 : code;
    }

    int code() {
        return code;
    }

    static RegistryProblem noSuchPath() {
        return new RegistryProblem(404, "HTTP 404 Not Found");
    }

    static RegistryProblem noSuchMethod() {
        return new RegistryProblem(405, "HTTP 405 Method Not Allowed");
    }

    static RegistryProblem tooLarge() {
        return new RegistryProblem(413, "HTTP 413 Request Entity Too Large");
    }

    static RegistryProblem badRequest(String why) {
        return new RegistryProblem(422, why);
    }

    static RegistryProblem subjectNotFound(String subject) {
        return new RegistryProblem(40401, "Subject '" + subject + "' not found.");
    }

    static RegistryProblem versionNotFound(String version) {
        return new RegistryProblem(40402, "Version " + version + " not found.");
    }

    static RegistryProblem schemaNotFound() {
        return new RegistryProblem(40403, "Schema not found");
    }

    static RegistryProblem subjectSoftDeleted(String subject) {
        return new RegistryProblem(
                40404, "Subject '" + subject + "' was soft deleted. Set permanent=true to delete permanently");
    }

    static RegistryProblem subjectNotSoftDeleted(String subject) {
        return new RegistryProblem(
                40405, "Subject '" + subject + "' was not deleted first before being permanently deleted");
    }

    static RegistryProblem versionSoftDeleted(String subject, int version) {
        return new RegistryProblem(
                40406,
                "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently"
                        .formatted(subject, version));
    }

    static RegistryProblem versionNotSoftDeleted(String subject, int version) {
        return new RegistryProblem(
                40407,
                "Subject '%s' Version %d was not deleted first before being permanently deleted"
                        .formatted(subject, version));
    }

    static RegistryProblem noSubjectConfig(String subject) {
        return new RegistryProblem(
                40408, "Subject '" + subject + "' does not have subject-level compatibility configured");
    }

    static RegistryProblem incompatible(String subject, String objection) {
        return new RegistryProblem(
                409,
                "Schema being registered is incompatible with an earlier schema for subject \"%s\", details: %s"
                        .formatted(subject, objection));
    }

    static RegistryProblem invalidSchema(String why) {
        return new RegistryProblem(42201, "Invalid schema: " + why);
    }

    static RegistryProblem invalidVersion(String version) {
        return new RegistryProblem(
                42202,
                "The specified version '" + version + "' is not a valid version id. "
                        + "Allowed values are between [1, 2^31-1] and the string \"latest\"");
    }

    static RegistryProblem invalidLevel(String level) {
        return new RegistryProblem(42203, "Invalid compatibility level: " + level);
    }

    static RegistryProblem storeFailed(String why) {
        return new RegistryProblem(50001, "Error in the backend data store: " + why);
    }
}
