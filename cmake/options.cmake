# Warnings, hardening and sanitizers for our own code.
add_library(sluice_options INTERFACE)
target_include_directories(sluice_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Werror
  -fstack-protector-strong $<$<CXX_COMPILER_ID:GNU>:-fstack-clash-protection>
  $<$<CONFIG:RelWithDebInfo,Release>:-D_FORTIFY_SOURCE=2>)
target_link_options(sluice_options INTERFACE -Wl,-z,relro,-z,now)

add_library(sluice_sanitize INTERFACE)
if(SLUICE_SANITIZE)
  target_compile_options(sluice_sanitize INTERFACE -fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined)
  target_link_options(sluice_sanitize INTERFACE -fsanitize=${SLUICE_SANITIZE})
  if(SLUICE_SANITIZE MATCHES thread AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # Boost.Asio has atomic_thread_fence, which g++ warns about under this sanitizer.
    target_compile_options(sluice_sanitize INTERFACE -Wno-tsan)
  endif()
endif()
target_link_libraries(sluice_options INTERFACE sluice_sanitize)
