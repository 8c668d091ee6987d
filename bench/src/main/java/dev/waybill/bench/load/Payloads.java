package dev.waybill.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/// JSON of 1 KiB that compresses about as well as real ones.
public final class Payloads {

    static final int SIZE = 1_024;
    private static final String WORDS =
            "order customer invoice shipment created updated amount currency status reference street city country ";

    private Payloads() {}

    public static byte[] of(int number) {
        StringBuilder text =
                new StringBuilder(SIZE).append("{\"number\":").append(number).append(",\"text\":\"");
        Random random = new Random(number);
        while (text.length() < SIZE - 2) {
            int from = random.nextInt(WORDS.length() - 10);
            text.append(WORDS, from, from + 10).append(random.nextInt(10_000));
        }
        text.setLength(SIZE - 2);
        return text.append("\"}").toString().getBytes(StandardCharsets.UTF_8);
    }
}
