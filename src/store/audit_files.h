#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audit/chain.h"
#include "base/result.h"

// The files of an audit log, for reading: audit-<first sequence>.jsonl and HEAD.
namespace sluice::store {

struct Segment {
  std::string path;
  std::uint64_t first = 0;  ///< sequence of its first record
};

/// All segments, in order. audit_unavailable if the directory cannot be read.
[[nodiscard]] Result<std::vector<Segment>> list_segments(const std::string& directory);
[[nodiscard]] std::string segment_path(const std::string& directory, std::uint64_t first);
[[nodiscard]] std::string head_path(const std::string& directory);
/// What HEAD says; audit_unavailable if it is missing or damaged.
[[nodiscard]] Result<audit::ChainHead> read_head(const std::string& directory);

/// Calls `line` with each whole line of a file, without its newline, until it returns an error. What
/// follows the last newline is no line.
struct FileEnd {
  std::uint64_t whole_bytes = 0;  ///< up to and with the last newline
  std::string torn;               ///< what follows it
};
[[nodiscard]] Result<FileEnd> for_each_line(const std::string& path, const std::function<Status(std::string_view line)>& line);

struct Verification {
  std::uint64_t records = 0;
  audit::ChainHead head;
  std::optional<audit::Fault> fault;  ///< the first one
  std::string where;                  ///< of the fault: "file:line"
};

/// Checks every record of a directory: none changed, missing, added in the middle or exchanged, and none cut off
/// at the end since HEAD, or since `anchor` if there is one (a head that was noted down elsewhere). A gateway
/// may be writing meanwhile.
[[nodiscard]] Result<Verification> verify_directory(const std::string& directory, const std::optional<audit::ChainHead>& anchor);

}  // namespace sluice::store
