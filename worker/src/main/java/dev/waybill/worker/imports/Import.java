package dev.waybill.worker.imports;

import dev.waybill.topology.model.Rule;
import dev.waybill.worker.cli.CommandException;
import dev.waybill.worker.cli.Exit;
import dev.waybill.worker.cli.RestClient;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/// Compares what is wanted with what the worker has, one organization after the other, and puts what is missing.
final class Import {

    /// From here on the worker itself is in trouble, and would be with the next row too.
    private static final int TROUBLE = 429;

    private final RestClient client;
    private final Report report;
    private final boolean apply;
    private final boolean overwrite;

    Import(RestClient client, Report report, boolean apply, boolean overwrite) {
        this.client = client;
        this.report = report;
        this.apply = apply;
        this.overwrite = overwrite;
    }

    void organization(Wanted wanted) {
        wanted.notes().forEach(report::note);
        if (wanted.destinations().isEmpty() && wanted.refused().isEmpty()) {
            return;
        }
        String organization = wanted.organization();
        Current current = Current.of(
                client.get(path(organization, "/destinations")).body(),
                client.get(path(organization, "/rules")).body());
        Set<String> available = new HashSet<>(current.destinations().keySet());
        for (Wanted.Destination destination : wanted.destinations()) {
            if (destination(organization, destination, current)) {
                available.add(destination.id());
            }
        }
        for (Wanted.Refused refused : wanted.refused()) {
            report.note(note(organization, refused, available.contains(refused.id())));
        }
        rule(wanted, available, current);
    }

    private static Note note(String organization, Wanted.Refused refused, boolean isThere) {
        String subject = "destination " + refused.name() + " " + refused.id();
        return isThere
                ? Note.remark(organization, subject, "stays as Waybill has it (" + refused.reason() + ")")
                : Note.lost(organization, subject, refused.reason());
    }

    /// Puts a destination if it is to be put.
    ///
    /// @return whether the worker has it, or would have it
    private boolean destination(String organization, Wanted.Destination wanted, Current current) {
        return carry(
                organization,
                "destination " + wanted.name() + " " + wanted.id(),
                path(organization, "/destinations/" + RestClient.segment(wanted.id())),
                Step.destination(wanted, current));
    }

    private void rule(Wanted wanted, Set<String> available, Current current) {
        String organization = wanted.organization();
        List<String> targets =
                wanted.defaults().stream().filter(available::contains).toList();
        wanted.defaults().stream()
                .filter(id -> !available.contains(id))
                .forEach(id ->
                        report.note(Note.lost(organization, "default " + id, "its destination is not carried over")));
        if (targets.isEmpty()) {
            return;
        }
        if (!targets.getFirst().equals(wanted.defaults().getFirst())) {
            report.note(Note.remark(
                    organization,
                    "rule defaults",
                    "without its primary one, the next becomes it: " + targets.getFirst()));
        }
        boolean _ = carry(
                organization,
                "rule defaults",
                path(organization, "/rules/" + Rule.BASE_ID),
                Step.rule(targets, current));
    }

    private boolean carry(String organization, String subject, String path, Step step) {
        return switch (step) {
            case Step.Keep() -> {
                report.change(organization, subject, Report.Fate.UNCHANGED, List.of());
                yield true;
            }
            case Step.Taken(String holder) -> {
                report.note(Note.lost(organization, subject, "another destination has this name: " + holder));
                yield false;
            }
            case Step.Create create ->
                put(
                        organization,
                        subject,
                        () -> client.offer(path, create.body(), "If-None-Match", "*"),
                        Report.Fate.CREATED,
                        List.of());
            case Step.Replace replace
            when overwrite ->
                put(
                        organization,
                        subject,
                        () -> client.offer(path, replace.body(), "If-Match", "\"" + replace.version() + "\""),
                        Report.Fate.OVERWRITTEN,
                        replace.fields());
            case Step.Replace replace -> {
                report.change(organization, subject, Report.Fate.DIFFERENT, replace.fields());
                yield true;
            }
        };
    }

    private boolean put(
            String organization,
            String subject,
            Supplier<RestClient.Answer> offer,
            Report.Fate fate,
            List<String> fields) {
        if (apply) {
            RestClient.Answer answer = offer.get();
            if (answer.status() >= TROUBLE) {
                throw new CommandException(
                        Exit.FAILED, "the worker cannot go on: " + Refusal.reason(answer) + "; run it again later");
            }
            if (answer.isProblem()) {
                report.note(Note.lost(organization, subject, Refusal.reason(answer)));
                return false;
            }
        }
        report.change(organization, subject, fate, fields);
        return true;
    }

    private static String path(String organization, String rest) {
        return "/v1/organizations/" + RestClient.segment(organization) + rest;
    }
}
