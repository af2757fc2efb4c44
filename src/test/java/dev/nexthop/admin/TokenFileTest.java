package dev.nexthop.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir
    Path folder;

    @Test
    void theTokenIsMadeOnceAndOnlyItsOwnerCanReadIt() throws IOException {
        Path data = folder.resolve("data");
        String token = TokenFile.readOrCreate(data);
        assertThat(token).hasSize(64).isHexadecimal();
        assertThat(TokenFile.readOrCreate(data)).isEqualTo(token);
        assertThat(TokenFile.read(data)).contains(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("admin.token"))))
                .isEqualTo("rw-------");
    }

    @Test
    void anEmptyFileIsNoToken() throws IOException {
        Files.createFile(folder.resolve("admin.token"));
        assertThat(TokenFile.read(folder)).isEmpty();
        assertThatThrownBy(() -> TokenFile.readOrCreate(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("remove it");
    }
}
