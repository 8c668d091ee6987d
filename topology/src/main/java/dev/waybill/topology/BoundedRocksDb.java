package dev.waybill.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/// Bounds the memory of all stores of the process together. Every segment of every partition's deduplication is a
/// database of its own, and by default each takes up to 50 MB of cache and 48 MB of write buffers.
public final class BoundedRocksDb implements RocksDBConfigSetter {

    /// Indexes, filters and blocks; enough for the filters of some tens of millions of remembered requests.
    private static final long CACHE_BYTES = 128L * 1024 * 1024;

    /// Of the cache, what may be written and not yet flushed.
    private static final long WRITE_BUFFER_BYTES = 48L * 1024 * 1024;

    /// A single database's share of it.
    private static final long MEMTABLE_BYTES = 8L * 1024 * 1024;

    /// Nearly every request is new, so nearly every look-up finds nothing: a filter says so before the search. Ten bits
    /// for each of the 100 000 or so requests that fill a memtable.
    private static final double MEMTABLE_FILTER_RATIO = 0.02;

    private static final Cache CACHE = new LRUCache(CACHE_BYTES, -1, false, 0.2);
    private static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);

    @Override
    public void setConfig(String store, Options options, Map<String, Object> configs) {
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinL0FilterAndIndexBlocksInCache(true);
        options.setWriteBufferManager(WRITE_BUFFERS);
        options.setWriteBufferSize(MEMTABLE_BYTES);
        options.setMemtablePrefixBloomSizeRatio(MEMTABLE_FILTER_RATIO);
        options.setMemtableWholeKeyFiltering(true);
        options.setTableFormatConfig(table);
    }

    /// The shared cache outlives the store.
    @Override
    public void close(String store, Options options) {}
}
