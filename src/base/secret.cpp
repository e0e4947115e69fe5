#include "base/secret.h"

#include <openssl/crypto.h>

namespace sluice {

void Secret::wipe() noexcept {
  // Capacity, not size: a moved-from short string still holds its bytes in place.
  OPENSSL_cleanse(text_.data(), text_.capacity());
  text_.clear();
}

Secret::Secret(Secret&& other) noexcept : text_(other.text_) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = other.text_;
    other.wipe();
  }
  return *this;
}

Secret::~Secret() { wipe(); }

}  // namespace sluice
