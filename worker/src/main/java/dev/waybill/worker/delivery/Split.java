package dev.waybill.worker.delivery;

import java.util.List;

/// A batch was refused as a whole, and goes again in parts.
///
/// @param parts    its members, each in exactly one of them
/// @param tooLarge whether its size was the reason
record Split(List<List<Work>> parts, boolean tooLarge) {

    Split {
        parts = List.copyOf(parts);
    }

    /// In two halves.
    static Split inHalves(List<Work> works, boolean tooLarge) {
        int half = (works.size() + 1) / 2;
        return new Split(
                List.of(List.copyOf(works.subList(0, half)), List.copyOf(works.subList(half, works.size()))), tooLarge);
    }
}
