package dev.weft.skill.disk;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.File;

/**
 * How full a file system is.
 *
 * @param path the path that was asked for
 * @param mount where the file system is mounted
 * @param type of the file system, e.g. {@code ext4}
 * @param totalBytes its size
 * @param freeBytes free to ordinary users; what {@code df} calls available
 * @param usedBytes in use
 * @param usedPercent share in use of what ordinary users can have, one decimal
 */
public record Usage(
        String path,
        String mount,
        String type,
        @JsonProperty("total_bytes") long totalBytes,
        @JsonProperty("free_bytes") long freeBytes,
        @JsonProperty("used_bytes") long usedBytes,
        @JsonProperty("used_percent") double usedPercent) {

    static Usage of(String path, String mount, String type, File on) {
        long total = on.getTotalSpace();
        long free = on.getUsableSpace();
        long used = total - on.getFreeSpace();
        double percent = used + free == 0 ? 0 : Math.round(1000.0 * used / (used + free)) / 10.0;
        return new Usage(path, mount, type, total, free, used, percent);
    }
}
