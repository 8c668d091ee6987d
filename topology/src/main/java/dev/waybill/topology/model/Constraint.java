package dev.waybill.topology.model;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/// What a template demands of an organization's rules and destinations.
public sealed interface Constraint {

    /// As in records, results and answers.
    String wireName();

    /// What is demanded, for people.
    String demand();

    /// Whether deliveries may go to a destination.
    ///
    /// @param isEncrypted whether nothing that is sent to a destination can be read on its way
    default boolean allows(Destination destination, Predicate<Destination> isEncrypted) {
        return true;
    }

    /// Whether a rule may decide.
    default boolean allows(Rule rule) {
        return true;
    }

    /// Whether the log may be kept for no longer than this.
    default boolean allows(int retentionDays) {
        return true;
    }

    /// Nothing goes in the clear.
    ///
    /// @param providers those it is for; none for all
    record EncryptedTransport(Set<String> providers) implements Constraint {
        public EncryptedTransport {
            providers = Set.copyOf(providers);
        }

        @Override
        public String wireName() {
            return "encrypted_transport";
        }

        @Override
        public String demand() {
            return "only encrypted transport" + (providers.isEmpty() ? "" : " for " + sorted(providers));
        }

        @Override
        public boolean allows(Destination destination, Predicate<Destination> isEncrypted) {
            return !(providers.isEmpty() || providers.contains(destination.provider()))
                    || isEncrypted.test(destination);
        }
    }

    /// Destinations lie in one of these regions.
    record Regions(Set<String> regions) implements Constraint {
        public Regions {
            regions = Set.copyOf(regions);
        }

        @Override
        public String wireName() {
            return "regions";
        }

        @Override
        public String demand() {
            return "only destinations in " + sorted(regions);
        }

        @Override
        public boolean allows(Destination destination, Predicate<Destination> isEncrypted) {
            String region = destination.region();
            return region != null && regions.contains(region);
        }
    }

    /// Destinations have these labels.
    record Labels(Map<String, String> labels) implements Constraint {
        public Labels {
            labels = Map.copyOf(labels);
        }

        @Override
        public String wireName() {
            return "labels";
        }

        @Override
        public String demand() {
            return "only destinations with the labels " + new TreeMap<>(labels);
        }

        @Override
        public boolean allows(Destination destination, Predicate<Destination> isEncrypted) {
            return destination.labels().entrySet().containsAll(labels.entrySet());
        }
    }

    /// No destination is of one of these providers.
    record ProvidersDenied(Set<String> providers) implements Constraint {
        public ProvidersDenied {
            providers = Set.copyOf(providers);
        }

        @Override
        public String wireName() {
            return "providers_denied";
        }

        @Override
        public String demand() {
            return "no " + sorted(providers);
        }

        @Override
        public boolean allows(Destination destination, Predicate<Destination> isEncrypted) {
            return !providers.contains(destination.provider());
        }
    }

    /// Every rule has a fallback.
    record FallbackRequired() implements Constraint {
        @Override
        public String wireName() {
            return "fallback_required";
        }

        @Override
        public String demand() {
            return "every rule has a fallback";
        }

        @Override
        public boolean allows(Rule rule) {
            return !rule.fallback().isEmpty();
        }
    }

    /// The log of deliveries is kept for so long.
    record RetentionDays(int days) implements Constraint {
        @Override
        public String wireName() {
            return "retention_days";
        }

        @Override
        public String demand() {
            return "the log is kept for " + days + " days or longer";
        }

        @Override
        public boolean allows(int retentionDays) {
            return retentionDays >= days;
        }
    }

    private static String sorted(Set<String> values) {
        return String.join(", ", new TreeSet<>(values));
    }
}
