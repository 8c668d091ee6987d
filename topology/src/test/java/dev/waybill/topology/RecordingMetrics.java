package dev.waybill.topology;

import dev.waybill.schemas.Kind;
import java.util.ArrayList;
import java.util.List;

/// Remembers what was counted, in order.
final class RecordingMetrics implements RouterMetrics {

    final List<String> counted = new ArrayList<>();

    @Override
    public void accepted() {
        counted.add("accepted");
    }

    @Override
    public void rejected(String reason) {
        counted.add("rejected " + reason);
    }

    @Override
    public void duplicate() {
        counted.add("duplicate");
    }

    @Override
    public void repeated() {
        counted.add("repeated");
    }

    @Override
    public void rekeyed() {
        counted.add("rekeyed");
    }

    @Override
    public void poison(String topic) {
        counted.add("poison " + topic);
    }

    @Override
    public void badConfiguration(String topic) {
        counted.add("badConfiguration " + topic);
    }

    @Override
    public void queued(Kind kind) {
        counted.add("queued " + kind.wireName());
    }

    @Override
    public void stale() {
        counted.add("stale");
    }
}
