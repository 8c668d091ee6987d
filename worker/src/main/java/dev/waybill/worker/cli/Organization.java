package dev.waybill.worker.cli;

import picocli.CommandLine.Option;

/// Whose things a command is about.
public final class Organization {

    @Option(
            names = {"--organization", "--org"},
            paramLabel = "ID",
            required = true,
            description = "the organization")
    private String id = "";

    public String id() {
        return id;
    }

    /// Path of its resources.
    String path(String rest) {
        return "/v1/organizations/" + RestClient.segment(id) + rest;
    }
}
