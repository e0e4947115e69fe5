import sqlalchemy.testing.suite

globals().update({name: value for name, value in vars(sqlalchemy.testing.suite).items() if not name.startswith("__")})
