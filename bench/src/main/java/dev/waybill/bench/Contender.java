package dev.waybill.bench;

import dev.waybill.bench.bed.ForkedJvm;
import dev.waybill.bench.load.Checked;
import dev.waybill.bench.load.Requests;
import dev.waybill.bench.load.Run;
import dev.waybill.bench.receiver.Behaviour;

/// A system under test: what is measured is its process, asked through Kafka, answering to the receiver.
interface Contender extends AutoCloseable {

    String name();

    ForkedJvm process();

    /// Requests to customers that behave so.
    Requests requests(Behaviour behaviour);

    /// Waits until the system has written down what became of a run.
    void awaitRows(Run run);

    /// Goes through a run by ids.
    ///
    /// @throws IllegalStateException that names deliveries which are not in order
    Checked check(Run run);

    @Override
    void close();
}
