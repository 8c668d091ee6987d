package dev.waybill.worker.sink.smtp;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What a server can do, as its answer to `EHLO` says.
///
/// @param names      of the extensions, in capital letters
/// @param size       bytes that a message may have; 0 if the server does not say
/// @param mechanisms of authentication, in capital letters
record Extensions(Set<String> names, long size, Set<String> mechanisms) {

    static final Extensions NONE = new Extensions(Set.of(), 0, Set.of());

    /// More digits are no size of anything.
    private static final int SIZE_DIGITS_MAX = 15;

    Extensions {
        names = Set.copyOf(names);
        mechanisms = Set.copyOf(mechanisms);
    }

    /// Reads the lines after the first, which is the server's name.
    static Extensions of(Reply ehlo) {
        Set<String> names = new HashSet<>();
        Set<String> mechanisms = new HashSet<>();
        long size = 0;
        for (String line : ehlo.lines().stream().skip(1).toList()) {
            // Old servers have AUTH=PLAIN beside AUTH PLAIN, or alone.
            List<String> words = List.of(line.strip()
                    .toUpperCase(Locale.ROOT)
                    .replaceFirst("^AUTH=", "AUTH ")
                    .split("\\s+"));
            names.add(words.getFirst());
            List<String> parameters = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "SIZE" -> size = parameters.isEmpty() ? 0 : number(parameters.getFirst());
                case "AUTH" -> mechanisms.addAll(parameters);
                default -> {
                    // Its name is all there is to know.
                }
            }
        }
        return new Extensions(names, size, mechanisms);
    }

    private static long number(String text) {
        return text.matches("[0-9]{1," + SIZE_DIGITS_MAX + "}") ? Long.parseLong(text) : 0;
    }

    boolean has(String name) {
        return names.contains(name);
    }

    /// For people.
    String mechanismsInOrder() {
        return String.join(" ", new TreeSet<>(mechanisms));
    }
}
