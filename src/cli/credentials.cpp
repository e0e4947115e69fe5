#include "cli/credentials.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "auth/scram.h"
#include "base/digest.h"
#include "base/secret.h"

namespace sluice::cli {
namespace {

constexpr std::size_t kMaxPasswordBytes = 1024;

/// While it lives, what is typed at a terminal is not shown.
class NoEcho {
 public:
  NoEcho() {
    terminal_ = ::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before_) == 0;
    if (!terminal_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    std::fputs("Password: ", stderr);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;
  ~NoEcho() {
    if (!terminal_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }

 private:
  termios before_{};
  bool terminal_ = false;
};

Secret read_line() {
  const NoEcho silence;
  std::string line;
  line.reserve(kMaxPasswordBytes + 1);  // never moves, so that no copy of it is left behind
  for (int c = std::getchar(); c != EOF && c != '\n' && line.size() <= kMaxPasswordBytes; c = std::getchar()) {
    line.push_back(static_cast<char>(c));
  }
  return Secret(std::move(line));
}

}  // namespace

int make_scram_verifier() {
  const Secret password = read_line();
  if (password.empty() || password.reveal().size() > kMaxPasswordBytes) {
    std::fputs("sluice scram-verifier: expected a password of 1 to 1024 bytes on standard input\n", stderr);
    return 1;
  }
  std::array<std::uint8_t, auth::kScramSaltBytes> salt{};
  fill_random(salt);
  const std::string_view salt_bytes(reinterpret_cast<const char*>(salt.data()), salt.size());
  std::printf("%s\n", auth::make_verifier(password.reveal(), salt_bytes).to_text().c_str());
  return 0;
}

int make_token() {
  std::array<std::uint8_t, 32> bytes{};
  fill_random(bytes);
  const std::string token = "sluice_" + to_hex(bytes);
  std::printf("token: %s\napi_token_sha256: %s\n", token.c_str(), to_hex(sha256(token)).c_str());
  return 0;
}

}  // namespace sluice::cli
