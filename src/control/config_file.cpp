#include "control/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::control {
namespace {

constexpr std::size_t kMaxSecretBytes = 1u << 20;
constexpr std::size_t kMaxConfigBytes = 16u << 20;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error unreadable(const std::string& path, const std::string& why) {
  return make_error(ErrorKind::configuration, "cannot read file \"" + path + "\": " + why);
}

Result<std::string> read_whole(const std::string& path, std::size_t max_bytes, bool secret) {
  const OpenFile file(path);
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return unreadable(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return unreadable(path, "not a plain file");
  // Of the open file, not of its name: nobody can exchange it in between.
  if (secret && (status.st_mode & (S_IROTH | S_IWOTH)) != 0) {
    return unreadable(path, "it holds a secret and everybody may read or write it; use chmod 600");
  }
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t size = ::read(file.get(), buffer, sizeof buffer);
    if (size == 0) return content;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return unreadable(path, std::strerror(errno));
    content.append(buffer, static_cast<std::size_t>(size));
    if (content.size() > max_bytes) return unreadable(path, "larger than " + std::to_string(max_bytes) + " bytes");
  }
}

}  // namespace

Result<std::string> read_secret_file(const std::string& path) { return read_whole(path, kMaxSecretBytes, true); }

config::Decoded read_config(const std::string& path, Digest* digest) {
  Result<std::string> text = read_whole(path, kMaxConfigBytes, false);
  if (!text.ok()) return {std::nullopt, {config::Finding{true, path + ":1:1", text.error().message}}};
  if (digest != nullptr) *digest = sha256(*text);
  return config::decode_config(*text, path, read_secret_file);
}

}  // namespace sluice::control
