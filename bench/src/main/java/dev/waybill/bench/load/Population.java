package dev.waybill.bench.load;

import dev.waybill.bench.receiver.Behaviour;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The customers that payloads go to.
public record Population(List<Customer> customers) {

    private static final int ORGANIZATIONS = 100;
    private static final int DESTINATIONS = 1_000;

    /// One destination of one organization.
    public record Customer(String organization, UUID destination, String url) {}

    public Population {
        customers = List.copyOf(customers);
    }

    /// A thousand destinations of a hundred organizations, spread over the hosts, that all behave alike.
    ///
    /// @param name tells it from other populations
    public static Population of(String name, List<String> hosts, Behaviour behaviour) {
        List<Customer> customers = new ArrayList<>();
        for (int i = 0; i < DESTINATIONS; i++) {
            customers.add(customer(
                    name + "-" + i % ORGANIZATIONS,
                    String.valueOf(i),
                    hosts.get(i / ORGANIZATIONS % hosts.size()) + behaviour.path()));
        }
        return new Population(customers);
    }

    /// A customer whose id follows from its names.
    public static Customer customer(String organization, String name, String url) {
        UUID id = UUID.nameUUIDFromBytes((organization + "/" + name).getBytes(StandardCharsets.UTF_8));
        return new Customer(organization, id, url);
    }

    /// Whose turn it is: all, one after the other.
    public Customer of(int number) {
        return customers.get(number % customers.size());
    }
}
