#include "store/audit_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

namespace sluice::store {
namespace {

constexpr std::string_view kPrefix = "audit-";
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::size_t kDigits = 20;

Error unreadable(const std::string& path) { return make_error(ErrorKind::audit_unavailable, "could not read \"" + path + "\""); }

std::optional<std::uint64_t> first_of(const std::string& name) {
  if (name.size() != kPrefix.size() + kDigits + kSuffix.size() || !name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return std::nullopt;
  std::uint64_t first = 0;
  const char* begin = name.data() + kPrefix.size();
  const auto result = std::from_chars(begin, begin + kDigits, first);
  if (result.ec != std::errc{} || result.ptr != begin + kDigits) return std::nullopt;
  return first;
}

/// A running gateway holds the directory's lock.
bool is_being_written(const std::string& directory) {
  const int file = ::open((directory + "/LOCK").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = ::flock(file, LOCK_SH | LOCK_NB) != 0;
  ::close(file);
  return locked;
}

/// One walk over all files; remembers the first fault and the digests at the sequences of interest.
class DirectoryCheck {
 public:
  DirectoryCheck(const audit::ChainHead& head, const std::optional<audit::ChainHead>& anchor) : head_(head), anchor_(anchor) {}

  void line(const std::string& path, std::uint64_t number, std::string_view line) {
    const auto fault = verifier_.check(line);
    ++result_.records;
    if (fault) note(*fault, path + ":" + std::to_string(number));
    compare(head_, "HEAD", path, number);
    if (anchor_) compare(*anchor_, "the anchor", path, number);
  }
  void note(audit::Fault fault, std::string where) {
    if (result_.fault) return;
    result_.fault = std::move(fault);
    result_.where = std::move(where);
  }
  [[nodiscard]] std::uint64_t sequence() const { return verifier_.head().sequence; }

  Verification finish(const std::string& directory) {
    const std::uint64_t last = sequence();
    if (last < head_.sequence) note({last + 1, "records are missing at the end: HEAD knows more"}, directory + "/HEAD:1");
    if (anchor_ && last < anchor_->sequence) note({last + 1, "records are missing at the end: the anchor knows more"}, directory);
    result_.head = verifier_.head();
    return result_;
  }

 private:
  void compare(const audit::ChainHead& known, const std::string& name, const std::string& path, std::uint64_t number) {
    const audit::ChainHead& here = verifier_.head();
    if (known.sequence != 0 && here.sequence == known.sequence && here.digest != known.digest) {
      note({here.sequence, "record is not the one that " + name + " knows"}, path + ":" + std::to_string(number));
    }
  }

  audit::Verifier verifier_;
  audit::ChainHead head_;
  std::optional<audit::ChainHead> anchor_;
  Verification result_;
};

}  // namespace

std::string segment_path(const std::string& directory, std::uint64_t first) {
  std::string digits = std::to_string(first);
  digits.insert(0, kDigits - digits.size(), '0');
  return directory + "/" + std::string(kPrefix) + digits + std::string(kSuffix);
}

std::string head_path(const std::string& directory) { return directory + "/HEAD"; }

Result<std::vector<Segment>> list_segments(const std::string& directory) {
  std::error_code code;
  std::vector<Segment> segments;
  for (std::filesystem::directory_iterator entry(directory, code), end; !code && entry != end; entry.increment(code)) {
    if (const auto first = first_of(entry->path().filename().string())) segments.push_back({entry->path().string(), *first});
  }
  if (code) return unreadable(directory);
  std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) { return a.first < b.first; });
  return segments;
}

Result<audit::ChainHead> read_head(const std::string& directory) {
  std::ifstream file(head_path(directory), std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const auto head = audit::decode_head(text);
  if (!head) return make_error(ErrorKind::audit_unavailable, "audit log's file \"" + head_path(directory) + "\" is missing or damaged");
  return *head;
}

Result<FileEnd> for_each_line(const std::string& path, const std::function<Status(std::string_view line)>& line) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return unreadable(path);
  FileEnd end;
  std::string text;
  while (std::getline(file, text)) {
    if (file.eof()) {
      end.torn = text;
      break;
    }
    end.whole_bytes += text.size() + 1;
    SLUICE_CHECK(line(text));
  }
  if (file.bad()) return unreadable(path);
  return end;
}

Result<Verification> verify_directory(const std::string& directory, const std::optional<audit::ChainHead>& anchor) {
  const bool busy = is_being_written(directory);
  // HEAD before the files: a gateway that writes meanwhile is then ahead of it, never behind.
  const auto head = read_head(directory);
  SLUICE_TRY(segments, list_segments(directory));
  DirectoryCheck check(head.ok() ? *head : audit::ChainHead{}, anchor);
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const Segment& segment = segments[i];
    std::uint64_t number = 0;
    SLUICE_TRY(end, for_each_line(segment.path, [&](std::string_view line) -> Status {
                 check.line(segment.path, ++number, line);
                 return Done{};
               }));
    const bool may_be_torn = busy && i + 1 == segments.size();
    if (!end.torn.empty() && !may_be_torn) {
      check.note({check.sequence() + 1, "last line of the file is not whole"}, segment.path + ":" + std::to_string(number + 1));
    }
  }
  if (!head.ok()) check.note({check.sequence() + 1, "HEAD is missing or damaged: nobody knows where the log should end"}, directory + "/HEAD:1");
  return check.finish(directory);
}

}  // namespace sluice::store
