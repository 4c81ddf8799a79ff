# The hub as compose.yml runs it: web processes, worker and schedule from one image.
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 DATA_DIR=/data HOST=0.0.0.0
WORKDIR /hub
# pg_dump and pg_restore, for backups; not older than the server of compose.yml.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --disable-pip-version-check --require-hashes -r requirements.txt
COPY . .
# The key is for this step alone and signs nothing; nothing is sent.
RUN SECRET_KEY=build EMAIL_URL=smtp://localhost python manage.py compile_catalogues \
    && useradd --uid 1000 hub && mkdir /data && chown hub /data
USER hub
VOLUME /data
CMD ["python", "-m", "gunicorn", "--config", "hub/gunicorn_conf.py", "hub.wsgi"]
