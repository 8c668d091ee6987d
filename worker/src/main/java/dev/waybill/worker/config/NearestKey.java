package dev.waybill.worker.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the key that was probably meant.
final class NearestKey {

    /// More edits than a third of the key is another word, not a typo.
    private static final int EDITS_PER_LENGTH = 3;

    private NearestKey() {}

    static Optional<String> of(String key, Collection<String> known) {
        return known.stream()
                .min(Comparator.<String>comparingInt(k -> distance(key, k)).thenComparing(k -> k))
                .filter(nearest -> distance(key, nearest) <= Math.max(2, key.length() / EDITS_PER_LENGTH));
    }

    /// Levenshtein's distance, with one row of memory.
    static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
