package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.oauth.TokenRequest;
import java.util.List;

/// Who we are on a connection, with the secrets in use now: a connection of one login is never used by another.
sealed interface Login {

    /// What must not be seen.
    List<String> secrets();

    /// Nobody in particular.
    record Anonymous() implements Login {

        @Override
        public List<String> secrets() {
            return List.of();
        }
    }

    /// Somebody with a password.
    record Password(Mechanism mechanism, String username, String password) implements Login {

        /// How the password is told.
        enum Mechanism {
            /// As the server offers it.
            ANY,
            PLAIN,
            LOGIN
        }

        @Override
        public List<String> secrets() {
            return List.of(password);
        }

        /// Without the password.
        @Override
        public String toString() {
            return "Password[" + mechanism + ", " + username + "]";
        }
    }

    /// Somebody with an access token. Connections outlive tokens, so that it is what the tokens are asked
    /// for with that tells logins apart.
    record Bearer(String username, TokenRequest tokens) implements Login {

        @Override
        public List<String> secrets() {
            return tokens.secrets();
        }
    }
}
